// The command as a process: started, asked, signalled, handed connections, with the example's real model.
#include "serve/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "io/clock.h"
#include "io/handoff.h"
#include "io/process.h"
#include "io/socket.h"
#include "io/wait.h"
#include "testing/http_peer.h"

namespace headroom::serve {
namespace {
using headroom::testing::HttpPeer;
using headroom::testing::post_predict;
using namespace std::chrono_literals;

const std::string kModel = HEADROOM_SOURCE_DIR "/examples/iris/model.joblib";
const std::string kRow = R"({"features":[5.1,3.5,1.4,0.2]})";
const std::string kReady = "GET /readyz HTTP/1.1\r\nHost: t\r\n\r\n";

// A running `headroom serve`, its stderr read.
class Served {
 public:
  explicit Served(std::vector<std::string> flags, std::vector<int> inherit = {}) {
    auto pipe = io::make_pipe();
    said_ = std::move(pipe->read);
    io::SpawnOptions spawn;
    spawn.program = HEADROOM_BINARY;
    spawn.arguments = {"serve", "--threads", "2"};
    spawn.arguments.insert(spawn.arguments.end(), flags.begin(), flags.end());
    spawn.inherit = std::move(inherit);
    spawn.stderr_to = pipe->write.get();
    process_.emplace(std::move(*io::Process::spawn(spawn)));
  }
  // Its stderr up to `text`, or up to its end.
  std::string read_until(const std::string& text) {
    std::byte bytes[4096];
    while (log_.find(text) == std::string::npos) {
      io::Watch watch{said_.get()};
      io::wait_readable({&watch, 1}, 20s);
      const auto count = io::read_some(said_.get(), bytes);
      if (!count || *count == 0) break;
      log_.append(reinterpret_cast<const char*>(bytes), *count);
    }
    return log_;
  }
  std::uint16_t port() {
    const std::string url = "http://127.0.0.1:";
    const auto at = read_until("/health").find(url);
    return at == std::string::npos ? std::uint16_t{0} : static_cast<std::uint16_t>(std::stoi(log_.substr(at + url.size(), 5)));
  }
  io::ExitStatus end() {
    while (true) {
      if (const auto status = process_->ended()) return *status;
      io::wait_readable({}, 5ms);
    }
  }
  void signal() const { process_->send(io::ChildSignal::terminate); }

 private:
  io::Fd said_;
  std::string log_;
  std::optional<io::Process> process_;
};

std::vector<std::string> local(std::vector<std::string> more = {}) {
  std::vector<std::string> flags{kModel, "--host", "127.0.0.1", "--port", "0"};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

TEST(Server, SaysWhatItServesAndAnswers) {
  Served server(local({"--name", "iris"}));
  HttpPeer peer(server.port());
  const auto said = server.read_until("/health");
  EXPECT_NE(said.find("iris: RandomForestClassifier of scikit-learn"), std::string::npos) << said;
  EXPECT_NE(said.find("setosa, versicolor, virginica"), std::string::npos) << said;
  const auto reply = peer.ask(post_predict(kRow));
  EXPECT_EQ(reply.body, R"({"prediction":"setosa","confidence":1.0,"probabilities":{"setosa":1.0,"versicolor":0.0,"virginica":0.0}})");
  for (const char* path : {"/health", "/livez", "/readyz", "/metrics", "/docs", "/", "/openapi.json"}) {
    EXPECT_EQ(peer.ask(std::string("GET ") + path + " HTTP/1.1\r\nHost: t\r\n\r\n").status, 200) << path;
  }
}

TEST(Server, ATakenPortAndAMissingModelAreRefusedWithThree) {
  const auto taken = io::listen_on("127.0.0.1", 0);
  Served second({kModel, "--host", "127.0.0.1", "--port", std::to_string(io::local_port(taken->get()))});
  EXPECT_EQ(second.end().code, 3);
  EXPECT_NE(second.read_until("never").find("cannot listen"), std::string::npos);
  Served missing({"no-such-model.joblib"});
  EXPECT_EQ(missing.end().code, 3);
  Served url({"http://example.com/model.joblib"});
  EXPECT_EQ(url.end().code, 2);
}

TEST(Server, EndsAtOnceWhenNobodyIsThere) {
  Served server(local({"--drain", "1h"}));
  ASSERT_NE(server.port(), 0);
  server.signal();
  EXPECT_TRUE(server.end().clean());
}

TEST(Server, ASecondSignalIsNow) {
  Served server(local({"--drain", "1h"}));
  HttpPeer peer(server.port());
  ASSERT_EQ(peer.ask(kReady).status, 200);
  server.signal();
  while (peer.ask(kReady).status == 200) {
  }
  server.signal();
  EXPECT_TRUE(server.end().clean());
}

// Clients that reconnect when told to, as any does, see no failure while the server drains under load.
TEST(Server, TerminatedUnderLoadItFailsNoRequest) {
  Served server(local({"--drain", "300ms"}));
  const auto port = server.port();
  std::atomic<int> answered{0}, failed{0};
  std::atomic<bool> told{false};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!told) {
        HttpPeer peer(port);
        for (bool open = true; open && !told;) {
          const auto reply = peer.ask(post_predict(kRow));
          ++(reply.status == 200 ? answered : failed);
          open = reply.status == 200 && reply.keep_alive;
          if (!open) told = true;  // the drain has reached this client: from here on it would go elsewhere
        }
      }
    });
  }
  while (answered < 200) std::this_thread::yield();
  server.signal();
  for (auto& client : clients) client.join();
  EXPECT_TRUE(server.end().clean());
  EXPECT_EQ(failed, 0);
}

class HandedOver : public ::testing::Test {
 protected:
  HandedOver() : ends_(std::move(*io::handoff_pair())), server_({kModel, "--handoff-fd", std::to_string(ends_.second.get())}, {ends_.second.get()}) {
    ends_.second = io::Fd();
    acceptor_.emplace(*io::listen_on("127.0.0.1", 0));
  }
  io::Handoff hear() {
    while (true) {
      auto message = io::receive_handoff(ends_.first.get());
      if (!message) return {io::HandoffKind::drain, 99, io::Fd()};  // its end has closed
      if (*message) return std::move(**message);
      io::Watch watch{ends_.first.get()};
      io::wait_readable({&watch, 1}, 20s);
    }
  }
  HttpPeer connect() {
    HttpPeer peer(io::local_port(acceptor_->fd()));
    auto [step, socket] = acceptor_->next();
    EXPECT_TRUE(io::send_handoff(ends_.first.get(), io::HandoffKind::connection, socket.get()));
    return peer;
  }
  std::pair<io::Fd, io::Fd> ends_;
  Served server_;
  std::optional<io::Acceptor> acceptor_;
};

TEST_F(HandedOver, ConnectionsAreServedCountedAndGivenBackIdle) {
  ASSERT_EQ(hear().kind, io::HandoffKind::ready);
  auto idle = connect();
  ASSERT_EQ(idle.ask(post_predict(kRow)).status, 200);
  {
    auto leaves = connect();
    ASSERT_EQ(leaves.ask(post_predict(kRow)).status, 200);
  }
  const auto closed = hear();
  EXPECT_EQ(closed.kind, io::HandoffKind::closed);
  EXPECT_EQ(closed.count, 1U);
  auto asking = connect();
  const std::string request = post_predict(kRow);
  asking.send(request.substr(0, 60));
  ASSERT_EQ(idle.ask(post_predict(kRow)).status, 200);
  ASSERT_TRUE(io::send_handoff(ends_.first.get(), io::HandoffKind::drain));
  EXPECT_EQ(hear().kind, io::HandoffKind::returned);  // the idle one
  asking.send(request.substr(60));
  const auto reply = asking.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.keep_alive);  // it lives on elsewhere
  EXPECT_EQ(hear().kind, io::HandoffKind::returned);
  EXPECT_TRUE(server_.end().clean());
}

TEST_F(HandedOver, WithoutItsParentItFinishesAndEnds) {
  ASSERT_EQ(hear().kind, io::HandoffKind::ready);
  auto peer = connect();
  ASSERT_EQ(peer.ask(post_predict(kRow)).status, 200);
  ends_.first = io::Fd();
  EXPECT_TRUE(server_.end().clean());
}
}  // namespace
}  // namespace headroom::serve
