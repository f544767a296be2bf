// Sessions with real processes, sockets and limits; the replicas are this program itself (testing/replica_double.h).
#include "scale/session.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "io/clock.h"
#include "testing/replica_double.h"

namespace headroom::scale {
namespace {
using namespace std::chrono_literals;
const bool kIsTheTest = !testing::become_replica_if_asked();

/// A keep-alive client; answer() is the body, or empty when the request failed.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  std::string answer() const {
    constexpr std::string_view kRequest = "GET /who HTTP/1.1\r\nHost: test\r\n\r\n";
    if (!connected_ || ::send(socket_, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(kRequest.size())) return "";
    std::string got;
    for (char part[512];;) {
      const ssize_t size = ::recv(socket_, part, sizeof(part), 0);
      if (size <= 0) return "";
      got.append(part, static_cast<std::size_t>(size));
      const auto body = got.find("\r\n\r\n");
      const auto length = got.find("Content-Length: ");
      if (body == std::string::npos || length == std::string::npos) continue;
      const auto wanted = static_cast<std::size_t>(std::stoul(got.substr(length + 16)));
      if (got.size() == body + 4 + wanted) return got.rfind("HTTP/1.1 200", 0) == 0 ? got.substr(body + 4) : "";
    }
  }

 private:
  int socket_;
  bool connected_ = false;
};

/// Clients that ask without a pause until told to stop.
class Crowd {
 public:
  Crowd(std::uint16_t port, int clients) {
    for (int i = 0; i < clients; ++i) {
      threads_.emplace_back([this, port] {
        const Client client(port);
        while (!stop_) {
          const std::string who = client.answer();
          if (who.empty()) {
            ++failed;
            return;
          }
          ++done;
          std::this_thread::sleep_for(1ms);
        }
      });
    }
  }
  void finish() {
    stop_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  /// They have had so many answers more, or one of them none.
  [[nodiscard]] bool have(int more) const;
  ~Crowd() { finish(); }
  std::atomic<int> done{0};
  std::atomic<int> failed{0};

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

template <class Holds>
bool eventually(Holds holds) {  // a minute is a hang, not a busy machine
  for (const Instant end = io::now() + 60s; io::now() < end; std::this_thread::sleep_for(10ms)) {
    if (holds()) return true;
  }
  return false;
}

bool Crowd::have(int more) const {
  const int enough = done + more;
  return eventually([&] { return done >= enough || failed > 0; });
}

Options with_replicas(int count) {
  Options options;
  options.model = "toy";
  options.replicas = count;
  return options;
}

manifest::Deployment deployment_with(const char* cpu) {
  manifest::Container container;
  container.name = "api";
  container.resources.requests["cpu"] = *hpa::Quantity::parse(cpu);
  container.resources.limits["cpu"] = *hpa::Quantity::parse(cpu);
  manifest::Deployment deployment;
  deployment.containers.push_back(container);
  return deployment;
}

hpa::Spec spec_with(int min, int max) {
  hpa::Spec spec;
  spec.min = min;
  spec.max = max;
  spec.metrics = {{.kind = hpa::MetricKind::resource, .name = "cpu", .target_value = 60}};
  spec.behavior.emplace();
  spec.behavior->down.window_s = 30;
  return hpa::with_defaults(spec);
}

/// A busy machine only makes fewer turns of it. Without an HPA its clocks must not stand still in the past either.
TEST(Session, AnIdleOneSleeps) {
  auto session = Session::start(with_replicas(2), nullptr);
  ASSERT_TRUE(session) << session.error().what;
  const auto turns = (*session)->status().turns;
  const Instant begin = io::now();
  ASSERT_TRUE(eventually([&] { return (*session)->status().turns >= turns + 20; }));
  const double a_second = static_cast<double>((*session)->status().turns - turns) / seconds(io::now() - begin);
  EXPECT_LT(a_second, 200);
}

TEST(Session, ConnectionsAreSpreadOverTheReplicas) {
  auto session = Session::start(with_replicas(3), nullptr);
  ASSERT_TRUE(session) << session.error().what;
  std::vector<std::unique_ptr<Client>> clients;
  std::map<std::string, int> answers;
  for (int i = 0; i < 9; ++i) {
    clients.push_back(std::make_unique<Client>((*session)->port()));
    ++answers[clients.back()->answer()];
  }
  EXPECT_THAT(answers, ::testing::ElementsAre(::testing::Pair("replica-1", 3), ::testing::Pair("replica-2", 3), ::testing::Pair("replica-3", 3)));
}

TEST(Session, AReplicaThatCannotStartIsTheErrorWithItsWords) {
  Options options = with_replicas(1);
  options.model = "broken";
  const auto session = Session::start(options, nullptr);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ExitCode::wrong_use);
  EXPECT_THAT(session.error().what, ::testing::HasSubstr("exit 2"));
  EXPECT_THAT(session.error().where, ::testing::HasSubstr("this model is broken"));
}

TEST(Session, APortThatIsTakenIsTheEnvironmentsRefusal) {
  auto first = Session::start(with_replicas(1), nullptr);
  ASSERT_TRUE(first);
  Options options = with_replicas(1);
  options.port = (*first)->port();
  const auto second = Session::start(options, nullptr);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::refused);
}

TEST(Session, ACrashedReplicaIsSeenAndStartedAgain) {
  std::mutex mutex;
  std::vector<std::string> said;
  Options options = with_replicas(1);
  options.say = [&](const std::string& line) {
    const std::lock_guard lock(mutex);
    said.push_back(line);
  };
  auto session = Session::start(options, nullptr);
  ASSERT_TRUE(session);
  ASSERT_TRUE(eventually([&] { return (*session)->status().rows.size() == 1 && (*session)->status().rows[0].pid > 0; }));
  // No sanitizer can catch SIGKILL and turn it into an exit of its own.
  ASSERT_EQ(::kill((*session)->status().rows[0].pid, SIGKILL), 0);
  EXPECT_TRUE(eventually([&] {
    const auto status = (*session)->status();
    return status.ready == 1 && status.rows.at(0).restarts == 1;
  }));
  EXPECT_EQ(Client((*session)->port()).answer(), "replica-1");
  const std::lock_guard lock(mutex);
  EXPECT_THAT(said, ::testing::Contains("replica-1: crash (killed by SIGKILL)"));
}

class Limited : public ::testing::TestWithParam<Enforcement> {};
/// 2 → more under load → back to 2, with keep-alive clients that ask all the time through all of it.
TEST_P(Limited, ScalingUpAndDownLosesNoRequest) {
  Options options;
  options.model = "slow";
  options.deployment = deployment_with("100m");
  options.hpa = spec_with(1, 4);
  options.time_scale = 60;
  options.enforcement = GetParam();
  auto session = Session::start(options, nullptr);
  ASSERT_TRUE(session) << session.error().what << " " << session.error().where;
  auto crowd = std::make_unique<Crowd>((*session)->port(), 6);
  EXPECT_TRUE(eventually([&] { return (*session)->status().ready >= 3; })) << (*session)->status().message;
  EXPECT_TRUE(crowd->have(50));
  crowd->finish();
  EXPECT_EQ(crowd->failed, 0);
  EXPECT_TRUE(eventually([&] { return (*session)->status().replicas == 1; })) << (*session)->status().message;
}
INSTANTIATE_TEST_SUITE_P(Enforcement, Limited, ::testing::Values(Enforcement::automatic, Enforcement::emulated),
                         [](const auto& row) { return row.param == Enforcement::emulated ? "emulated" : "automatic"; });

/// The replica that has the load is told to go, again and again, while every client asks as fast as it can.
TEST(Session, DrainingLoadedReplicasLosesNoRequest) {
  Options options = with_replicas(4);
  options.hpa = spec_with(1, 4);
  options.deployment = deployment_with("1000m");
  options.replicas = 4;
  options.time_scale = 100;  // a window of 30 s is 0.3 s
  auto session = Session::start(options, nullptr);
  ASSERT_TRUE(session);
  Crowd crowd((*session)->port(), 16);
  EXPECT_TRUE(eventually([&] { return (*session)->status().replicas == 1 && (*session)->status().rows.size() == 1; }))
      << (*session)->status().message;
  EXPECT_TRUE(crowd.have(500)) << "from the one that is left";
  crowd.finish();
  EXPECT_EQ(crowd.failed, 0);
}

/// Somebody else's SIGTERM (an operator, a node that shuts down) meets the replica while it is loaded.
TEST(Session, ASignalToALoadedReplicaLosesNoRequestAndItComesBack) {
  auto session = Session::start(with_replicas(3), nullptr);
  ASSERT_TRUE(session);
  Crowd crowd((*session)->port(), 12);
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(crowd.have(200));
    const auto before = (*session)->status();
    ASSERT_EQ(before.rows.size(), 3U);
    if (round < 2) { ASSERT_EQ(::kill(before.rows[static_cast<std::size_t>(round)].pid, SIGTERM), 0); }
  }
  EXPECT_TRUE(eventually([&] {
    const auto status = (*session)->status();
    return status.ready == 3 && status.rows.at(0).restarts == 1 && status.rows.at(1).restarts == 1;
  }));
  crowd.finish();
  EXPECT_EQ(crowd.failed, 0);
}

TEST(Session, StoppingEndsEveryChild) {
  auto session = Session::start(with_replicas(2), nullptr);
  ASSERT_TRUE(session);
  ASSERT_TRUE(eventually([&] { return (*session)->status().rows.size() == 2; }));
  std::vector<int> pids;
  for (const auto& row : (*session)->status().rows) pids.push_back(row.pid);
  (*session)->stop();
  for (const int pid : pids) EXPECT_NE(::kill(pid, 0), 0) << pid;
}
}  // namespace
}  // namespace headroom::scale
