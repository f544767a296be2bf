// The generator against real servers on real sockets, good and bad.
#include "load/run_load.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "load/report.h"
#include "testing/socket_server.h"

namespace headroom::load {
namespace {
using namespace std::chrono_literals;

using headroom::testing::say;
using Server = headroom::testing::SocketServer;

const std::string kGood =
    "HTTP/1.1 200 OK\r\nContent-Length: 25\r\nServer-Timing: parse;dur=0.5, predict;dur=1.25\r\n\r\n{\"prediction\":\"setosa\"}  ";

workload::Scenario scenario(const std::string& task = "post: /predict, json: {features: \"{{row}}\"}, data: iris", const std::string& wait = "20ms") {
  auto read = workload::read_scenario("{users: {U: {wait: " + wait + ", tasks: t}}, tasks: {t: {" + task + "}}}");
  EXPECT_TRUE(read) << read.error().message;
  return *read;
}

Options options_for(const Server& server, Step step = {.users = 4, .duration = 600ms, .label = ""}) {
  Options options;
  options.scenario = scenario();
  options.url = server.url();
  options.steps = {step};
  options.spawn_rate = 100;
  options.timeout = 60s;
  options.stop_timeout = 60s;
  return options;
}

/// Runs without an end of its own until the server has seen so many requests: however long that takes.
expected<Result, Failure> run_until_seen(Options options, Server& server, int more) {
  for (auto& step : options.steps) step.duration = {};
  std::stop_source stop;
  std::thread stopper([&, enough = server.requests() + more] {
    EXPECT_TRUE(server.has_seen(enough));
    stop.request_stop();
  });
  auto result = run_load(options, nullptr, {}, stop.get_token());
  stopper.join();
  return result;
}

TEST(RunLoad, CountsExactlyWhatTheServerSaw) {
  Server server([](int socket, int) { return say(socket, kGood); });
  for (const int threads : {1, 2}) {
    const int before = server.requests();
    const int connections = server.connections();
    Options options = options_for(server);
    options.threads = threads;
    const auto result = run_until_seen(options, server, 40);
    ASSERT_TRUE(result);
    EXPECT_GE(result->total.requests, 40U);
    EXPECT_EQ(result->total.requests, static_cast<std::uint64_t>(server.requests() - before));
    EXPECT_EQ(result->total.failures, 0U);
    EXPECT_EQ(server.connections() - connections, 4) << "a user keeps its connection";
    EXPECT_EQ(result->total.with_server, result->total.requests);
    EXPECT_EQ(result->total.server_ns[static_cast<std::size_t>(telemetry::Stage::predict)], static_cast<std::int64_t>(result->total.requests) * 1'250'000);
  }
}

TEST(RunLoad, SendsWhatItShould) {
  Server server([](int socket, int) { return say(socket, kGood); });
  ASSERT_TRUE(run_until_seen(options_for(server, {.users = 1, .label = ""}), server, 1));
  EXPECT_THAT(server.last_request(), ::testing::MatchesRegex("POST /predict HTTP/1.1\r\nHost: 127.0.0.1:[0-9]+\r\nUser-Agent: headroom-load/[^\r]*\r\nAccept: \\*/\\*\r\n"
                                                           "Content-Type: application/json\r\ntraceparent: 00-[0-9a-f]+-[0-9a-f]+-01\r\nContent-Length: [0-9]+\r\n\r\n"
                                                           "\\{\"features\":\\[[0-9.,]+\\]\\}"));
}

struct BadRow {
  const char* name;
  Server::Answer answer;
  const char* error;
  Duration timeout = 60s;
};
class BadServer : public ::testing::TestWithParam<BadRow> {};
TEST_P(BadServer, IsCountedUnderAClearName) {
  Server server(GetParam().answer);
  Options options = options_for(server);
  options.timeout = GetParam().timeout;
  const auto result = run_until_seen(options, server, 8);
  ASSERT_TRUE(result);
  EXPECT_GE(result->total.requests, 8U);
  EXPECT_EQ(result->total.failures, result->total.requests);
  ASSERT_EQ(result->total.errors.size(), 1U) << to_json(*result);
  EXPECT_EQ(result->total.errors.begin()->first, GetParam().error);
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadServer,
    ::testing::Values(
        BadRow{"Error", [](int s, int) { return say(s, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"); }, "HTTP 503"},
        BadRow{"Redirect", [](int s, int) { return say(s, "HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"); }, "HTTP 302 (redirects are not followed)"},
        BadRow{"Silent", [](int, int) { return true; }, "timeout", 100ms},
        BadRow{"Closing", [](int, int) { return false; }, "connection closed before an answer"},
        BadRow{"Half", [](int s, int) { say(s, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"); return false; }, "bad response: cut off"},
        BadRow{"Garbage", [](int s, int) { return say(s, "SSH-2.0-OpenSSH\r\n\r\n"); }, "bad response: not an HTTP response"},
        BadRow{"TooMuch", [](int s, int) { return say(s, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc"); }, "bad response: more bytes than one answer"},
        BadRow{"Reset",
               [](int s, int) {
                 const linger hard{1, 0};
                 ::setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
                 say(s, "HTTP");
                 ::dup2(::open("/dev/null", O_RDWR), s);  // closes the connection at once: a reset
                 return false;
               },
               "connection reset"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RunLoad, AConnectionThatTheServerEndsPolitelyIsMadeAnew) {
  Server server([](int socket, int) {
    say(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return false;
  });
  const auto result = run_until_seen(options_for(server), server, 20);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->total.failures, 0U);
  EXPECT_EQ(result->total.requests, static_cast<std::uint64_t>(server.requests()));
  EXPECT_EQ(server.connections(), server.requests());
}

TEST(RunLoad, AConnectionClosedWhileIdleIsNotWrittenTo) {
  // Held back until the connection's end goes with it: between the two the next request would meet a closing connection.
  const auto last_words = [](int socket) {
    ::send(socket, kGood.data(), kGood.size(), MSG_NOSIGNAL | MSG_MORE);
    ::shutdown(socket, SHUT_WR);
    return false;
  };
  Server server([&](int socket, int number) { return number < 3 ? say(socket, kGood) : last_words(socket); });
  const auto result = run_until_seen(options_for(server), server, 40);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->total.failures, 0U) << to_json(*result);
  EXPECT_GT(server.connections(), 4);
}

TEST(RunLoad, NobodyListeningIsCountedNotFatal) {
  std::string url;
  {
    const Server server([](int, int) { return false; });
    url = server.url();
  }
  Options options;
  options.scenario = scenario();
  options.url = url;
  options.steps = {{.users = 2, .duration = 1s, .label = ""}};
  const auto result = run_load(options);
  ASSERT_TRUE(result);
  EXPECT_GT(result->total.failures, 0U);
  EXPECT_LT(result->total.requests, 20U) << "a user that cannot connect does not hammer";
  EXPECT_EQ(result->total.errors.begin()->first, "connection refused");
}

TEST(RunLoad, ExpectationsLookIntoTheAnswer) {
  Server server([](int socket, int) { return say(socket, kGood); });
  Options options = options_for(server, {.users = 1, .label = ""});
  options.scenario = scenario("get: /, expect: {json: {prediction: {in: [setosa, virginica]}}}");
  EXPECT_EQ(run_until_seen(options, server, 2)->total.failures, 0U);
  options.scenario = scenario("get: /, expect: {json: {prediction: {in: [virginica]}}}");
  EXPECT_EQ(run_until_seen(options, server, 2)->total.errors.begin()->first, "expectation failed: prediction is none of the 1 expected values");
  options.scenario = scenario("get: /, expect: {json: {confidence: {exists: true}}}");
  EXPECT_EQ(run_until_seen(options, server, 2)->total.errors.begin()->first, "expectation failed: no confidence in the answer");
}

// Coordinated omission: for half of the run every answer is held back. An open loop goes on sending and its latencies tell.
TEST(RunLoad, AnOpenLoopDoesNotSlowDownWhenTheServerStalls) {
  std::atomic<std::int64_t> first{0};
  Server server([&](int socket, int) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    std::int64_t begun = 0;
    first.compare_exchange_strong(begun, now.count());
    const auto age = now - std::chrono::nanoseconds(first.load());
    if (age > 500ms && age < 1500ms) std::this_thread::sleep_for(1500ms - age);
    return say(socket, kGood);
  });
  Options options = options_for(server, {.rate = 100, .duration = 3s, .label = ""});
  options.arrivals = Arrivals::uniform;
  const auto result = run_load(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->total.requests, 300U);
  EXPECT_EQ(result->total.failures, 0U);
  // A third of all requests met the stall, evenly from 1 s down to 0.
  EXPECT_GT(result->total.latency.quantile(0.99), 900'000'000);
  EXPECT_GT(result->total.latency.quantile(0.85), 430'000'000);
}

// The same on one connection: what had to wait for it counts from its intended time.
TEST(RunLoad, ArrivalsThatWaitForAConnectionKeepTheirIntendedTime) {
  Server server([&](int socket, int) {
    std::this_thread::sleep_for(50ms);
    return say(socket, kGood);
  });
  Options options = options_for(server, {.rate = 40, .duration = 1s, .label = ""});
  options.connections = 1;
  options.arrivals = Arrivals::uniform;
  const auto result = run_load(options);
  ASSERT_TRUE(result);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(result->total.requests + result->unfinished + result->never_sent, 40U);
  EXPECT_GT(result->total.latency.max(), 400'000'000);
  EXPECT_LT(result->total.service.quantile(0.5), result->total.latency.quantile(0.5));
}

TEST(RunLoad, StepsAreAskedForOneAfterTheOther) {
  Server server([](int socket, int) { return say(socket, kGood); });
  Options options = options_for(server, {.users = 2, .duration = 1s, .label = ""});
  options.spawn_rate = 1000;
  options.next_step = [](const StepResult& ended) -> std::optional<Step> {
    if (ended.users >= 6) return std::nullopt;
    return Step{.users = ended.users + 2, .duration = 2s, .label = ""};
  };
  const auto result = run_load(options);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->steps.size(), 3U);
  EXPECT_EQ(result->steps[2].label, "6 users");
  EXPECT_GT(result->steps[2].steady, 0s);
  EXPECT_GT(result->steps[2].stats.requests, 0U);
  EXPECT_EQ(result->total.requests + result->unfinished, static_cast<std::uint64_t>(server.requests()));
}

TEST(RunLoad, AStopEndsItWithWhatWasMeasured) {
  Server server([](int socket, int) { return say(socket, kGood); });
  const auto result = run_until_seen(options_for(server, {.users = 2, .label = ""}), server, 10);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->interrupted);
  EXPECT_GE(result->total.requests, 10U);
}
}  // namespace
}  // namespace headroom::load
