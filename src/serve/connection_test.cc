// The whole path of a request but the process: real sockets, the real server threads, a toy model.
#include "serve/connection.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <numeric>
#include <string>

#include "http/server_timing.h"
#include "io/clock.h"
#include "io/handoff.h"
#include "io/http_server.h"
#include "io/socket.h"
#include "testing/http_peer.h"
#include "testing/serving.h"

namespace headroom::serve {
namespace {
using headroom::testing::HttpPeer;
using headroom::testing::post_predict;
using headroom::testing::Serving;
using namespace std::chrono_literals;

constexpr const char* kRow = R"({"features":[5.1,3.5,1.4,0.2]})";
constexpr const char* kAnswer = R"({"prediction":"setosa","confidence":0.75,"probabilities":{"setosa":0.75,"versicolor":0.125,"virginica":0.125}})";
const std::string kGetHealth = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";

TEST_F(Serving, KeepsTheConnectionFromRequestToRequest) {
  auto peer = connect();
  for (int i = 0; i < 3; ++i) {
    const auto reply = peer.ask(post_predict(kRow));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, kAnswer);
    EXPECT_TRUE(reply.keep_alive);
  }
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(Serving, AnswersPipelinedRequestsInOrder) {
  auto peer = connect();
  std::string all;
  for (int i = 0; i < 50; ++i) all += post_predict(kRow) + kGetHealth + "GET /nowhere HTTP/1.1\r\nHost: test\r\n\r\n";
  peer.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(peer.receive().body, kAnswer);
    EXPECT_EQ(peer.receive().status, 200);
    EXPECT_EQ(peer.receive().status, 404);
  }
}

TEST_F(Serving, APeerThatDoesNotReadHoldsUpNobodyAndGetsAllItsAnswersLater) {
  service_.docs.assign(1U << 20U, 'x');
  auto lazy = connect();
  auto other = connect();
  std::string all;
  for (int i = 0; i < 30; ++i) all += "GET /docs HTTP/1.1\r\nHost: t\r\n\r\n";
  lazy.send(all + post_predict(kRow));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(other.ask(post_predict(kRow)).body, kAnswer);
  for (int i = 0; i < 30; ++i) ASSERT_EQ(lazy.receive().body.size(), service_.docs.size());
  EXPECT_EQ(lazy.receive().body, kAnswer);
}

TEST_F(Serving, BytesMayComeOneByOne) {
  auto peer = connect();
  const std::string bytes = post_predict(kRow);
  for (const char c : bytes) peer.send({&c, 1});
  EXPECT_EQ(peer.receive().body, kAnswer);
  const std::string chunked = "POST /predict HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"features\r\n14;x=y\r\n\":[5.1,3.5,1.4,0.2]}\r\n0\r\n\r\n";
  for (const char c : chunked) peer.send({&c, 1});
  EXPECT_EQ(peer.receive().body, kAnswer);
}

TEST_F(Serving, ABodyOfManyReadsIsOneRequest) {
  options_.http.max_body = 1 << 20;
  auto peer = connect();
  std::string body = R"({"instances":[[5.1,3.5,1.4,0.2])";
  for (int i = 0; i < 9'999; ++i) body += ",[5.1,3.5,1.4,0.2]";
  const auto reply = peer.ask(post_predict(body + "]}"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(record().rows, 10'000U);
}

struct Ask {
  const char* name;
  std::string bytes;
  int status;
  bool stays_open;
  friend void PrintTo(const Ask& row, std::ostream* out) { *out << row.name; }
};
class Errors : public Serving, public ::testing::WithParamInterface<Ask> {};
TEST_P(Errors, HaveTheirStatusAndLeaveTheConnectionAsTheyShould) {
  auto peer = connect();
  const auto reply = peer.ask(GetParam().bytes);
  EXPECT_EQ(reply.status, GetParam().status) << reply.error;
  EXPECT_NE(reply.body.find(R"("status":)" + std::to_string(GetParam().status)), std::string::npos) << reply.body;
  EXPECT_EQ(reply.keep_alive, GetParam().stays_open);
  if (GetParam().stays_open) {
    EXPECT_EQ(peer.ask(kGetHealth).status, 200);
  } else {
    EXPECT_TRUE(peer.is_closed());
  }
  EXPECT_EQ(connect().ask(kGetHealth).status, 200);
}
std::string with_type(const std::string& line) { return "POST /predict HTTP/1.1\r\nHost: t\r\n" + line + "\r\nContent-Length: 2\r\n\r\n{}"; }
INSTANTIATE_TEST_SUITE_P(Table, Errors, ::testing::Values(
    Ask{"not JSON", post_predict("hello"), 400, true}, Ask{"wrong value", post_predict(R"({"features":[1,2,3,"x"]})"), 422, true},
    Ask{"path", "GET /x HTTP/1.1\r\nHost: t\r\n\r\n", 404, true}, Ask{"method", "GET /predict HTTP/1.1\r\nHost: t\r\n\r\n", 405, true},
    Ask{"unknown method", "BREW /predict HTTP/1.1\r\nHost: t\r\n\r\n", 501, true}, Ask{"no length", "POST /predict HTTP/1.1\r\nHost: t\r\n\r\n", 411, true},
    Ask{"form", with_type("Content-Type: application/x-www-form-urlencoded"), 415, true}, Ask{"brotli", with_type("Content-Encoding: br"), 415, true}, Ask{"no gzip", with_type("Content-Encoding: gzip"), 400, true},
    Ask{"utf-16", with_type("Content-Type: application/json; charset=utf-16"), 415, true},
    Ask{"large", "POST /predict HTTP/1.1\r\nHost: t\r\nContent-Length: 5000\r\n\r\n", 413, false},
    Ask{"large in chunks", "POST /predict HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n", 413, false},
    Ask{"smuggled", "POST /predict HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, false},
    Ask{"no HTTP", "\x16\x03\x01\x02", 400, false}, Ask{"long head", "GET / HTTP/1.1\r\nX: " + std::string(40'000, 'a'), 431, false}));

TEST_F(Serving, OptionsSayWhatAPathAndTheServerAnswer) {
  auto peer = connect();
  for (const auto& [path, allow] : {std::pair{"/predict", "POST, OPTIONS"}, {"/health", "GET, HEAD, OPTIONS"}, {"*", "GET, HEAD, POST, OPTIONS"}}) {
    const auto reply = peer.ask("OPTIONS " + std::string(path) + " HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(reply.status, 204) << path;
    EXPECT_EQ(reply.allow, allow) << path;
  }
}

TEST_F(Serving, AHalfClosedPeerGetsItsAnswerAndACutOffOneARefusal) {
  auto peer = connect();
  peer.send(post_predict(kRow));
  peer.half_close();
  EXPECT_EQ(peer.receive().body, kAnswer);
  EXPECT_TRUE(peer.is_closed());
  auto cut = connect();
  cut.send(post_predict(kRow).substr(0, 100));
  cut.half_close();
  EXPECT_EQ(cut.receive().status, 400);
}

TEST_F(Serving, ASlowHeadIs408AndAnIdleConnectionEnds) {
  options_.head_timeout = 50ms;
  options_.idle_timeout = 50ms;
  auto slow = connect();
  auto idle = connect();
  slow.send("GET /hea");
  EXPECT_EQ(slow.receive().status, 408);
  EXPECT_TRUE(slow.is_closed());
  EXPECT_TRUE(idle.is_closed());
}

TEST_F(Serving, TellsAClientThatWaitsToContinue) {
  auto peer = connect();
  const std::string bytes = post_predict(kRow, "Expect: 100-continue\r\n");
  const auto head = bytes.find("\r\n\r\n") + 4;
  peer.send(std::string_view(bytes).substr(0, head));
  peer.send(std::string_view(bytes).substr(head));
  EXPECT_EQ(peer.receive().body, kAnswer);
}

TEST_F(Serving, HeadHasNoBody) {
  auto peer = connect();
  peer.send("HEAD /health HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(peer.receive(true).status, 200);
  EXPECT_EQ(peer.ask(kGetHealth).status, 200);
}

// A stage that is named in telemetry/stage.h and marked nowhere shows here.
TEST_F(Serving, EveryStageIsMeasuredSomewhere) {
  auto peer = connect();
  peer.send(post_predict(kRow) + post_predict(kRow));  // the second has to wait for the first
  ASSERT_EQ(peer.receive().status, 200);
  ASSERT_EQ(peer.receive().status, 200);
  std::array<std::int64_t, telemetry::kStages> sums{};
  for (int i = 0; i < 2; ++i) {
    const auto one = this->record();
    for (std::size_t s = 0; s < sums.size(); ++s) sums[s] += one.stage_ns[s];
  }
  for (std::size_t s = 0; s < sums.size(); ++s) EXPECT_GT(sums[s], 0) << telemetry::kStageNames[s];
}

TEST_F(Serving, StagesSumToTheTotalAndAreToldToTheClient) {
  auto peer = connect();
  const auto reply = peer.ask(post_predict(kRow, "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"));
  const auto record = this->record();
  EXPECT_EQ(std::accumulate(record.stage_ns.begin(), record.stage_ns.end(), std::int64_t{0}), record.total_ns);
  for (const auto ns : record.stage_ns) EXPECT_GE(ns, 0);
  std::array<std::int64_t, telemetry::kStages> told{};
  EXPECT_EQ(http::parse_server_timing(reply.server_timing, telemetry::kStageNames, told), telemetry::kStages - 2) << "all but accept and write";
  for (std::size_t s = 1; s + 1 < telemetry::kStages; ++s) EXPECT_EQ(told[s], record.stage_ns[s]) << telemetry::kStageNames[s];
  EXPECT_EQ(reply.traceparent.substr(0, 36), "00-0af7651916cd43dd8448eb211c80319c-");
  EXPECT_EQ(record.parent_span_id.bytes[0], 0xb7);
  EXPECT_EQ(record.status, 200);
  EXPECT_EQ(record.predicted, 0);
  EXPECT_EQ(record.n_inputs, 4);
  EXPECT_EQ(record.inputs[1], 3.5);
}

TEST_F(Serving, ARequestThatWaitedTooLongIsShedWithRetryAfter) {
  service_.timeout = Duration(-1);
  const auto reply = connect().ask(post_predict(kRow));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.retry_after, "1");
}

TEST_F(Serving, DrainingFailsReadinessAndClosesAfterTheAnswer) {
  auto peer = connect();
  ASSERT_EQ(peer.ask(kGetHealth).status, 200);
  service_.draining = true;
  server_->set_phase(io::Phase::draining);
  const auto health = peer.ask(kGetHealth);
  EXPECT_EQ(health.status, 503);
  EXPECT_NE(health.body.find("draining"), std::string::npos);
  EXPECT_FALSE(health.keep_alive);
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(connect().ask(post_predict(kRow)).status, 200);  // still served
}

TEST_F(Serving, IdleConnectionsAreGivenBackUsable) {
  auto peer = connect();
  ASSERT_EQ(peer.ask(kGetHealth).status, 200);
  server_->set_phase(io::Phase::returning);
  std::vector<io::Fd> returned;
  while (returned.empty()) {
    (void)owner_.wait(Duration(10ms));
    returned = server_->take_returned();
  }
  EXPECT_EQ(server_->ended(), 0U);
  server_->set_phase(io::Phase::serving);  // as another replica would
  server_->adopt(std::move(returned[0]), io::now());
  EXPECT_EQ(peer.ask(post_predict(kRow)).body, kAnswer);
}

TEST_F(Serving, OldConnectionsCloseAfterTheNextAnswer) {
  options_.max_connection_age = Duration(1);
  auto peer = connect();
  const auto reply = peer.ask(kGetHealth);
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.keep_alive);
}

TEST_F(Serving, MoreConnectionsThanAllowedAreAnswered503) {
  options_.max_connections = 1;
  auto first = connect();
  ASSERT_EQ(first.ask(kGetHealth).status, 200);
  EXPECT_EQ(connect().receive().status, 503);
  EXPECT_EQ(first.ask(kGetHealth).status, 200);
}
}  // namespace
}  // namespace headroom::serve
