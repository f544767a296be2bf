// One local replica: a `headroom serve` process with its channel for connections, its pipe of telemetry and its limits.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/failure.h"
#include "base/time.h"
#include "io/cgroup.h"
#include "io/fd.h"
#include "io/handoff.h"
#include "io/process.h"
#include "scale/limits.h"

namespace headroom::scale {
struct ReplicaCommand {
  std::string program;
  std::string model;
  std::vector<std::string> flags;
  int threads = 0;  // 0 = its own default
};

class Replica {
 public:
  enum class State : std::uint8_t { starting, ready, draining, waiting };  // waiting: for its restart

  Replica(std::string its_name, Instant made) : name(std::move(its_name)), created(made) {}

  /// Starts the process. On failure the replica is as before.
  expected<void, Failure> launch(const ReplicaCommand& command, LimitKeeper& keeper, Instant now);
  /// Hands over a connection now or as soon as the channel takes it.
  void give(io::Fd connection);
  /// Asks for `count` connections back while it goes on serving; 0 takes an earlier wish back.
  void give_back(std::uint32_t count);
  /// Asks it to give back what is idle, finish the rest and end.
  /// going: for good; else it is started again afterwards.
  void drain(Instant deadline, bool going);
  /// What the channel could not take before. True when nothing is left.
  bool flush();
  /// Connections that the channel has not taken: they can go to another replica.
  [[nodiscard]] std::deque<io::Fd> take_undelivered();
  /// Lets go of process, channel and pipes after the process has ended.
  void clear();
  /// Reads what the process wrote on stderr; keeps the last lines.
  void read_log();
  [[nodiscard]] const std::string& log() const { return log_; }

  std::string name;
  State state = State::waiting;
  Instant created;        // real time, as all others
  Instant started{};      // of the present process
  Instant ready_changed{};
  Instant restart_at{};   // waiting
  Instant drain_deadline{};
  bool deleting = false;
  int connections = 0;
  int restarts = 0;
  std::optional<io::Cgroup> group;  // outlives the process: declared before it
  std::optional<io::Process> process;
  io::Fd channel, record, log_pipe;

 private:
  std::uint32_t asked_back_ = 0;
  bool drain_wanted_ = false;
  std::deque<io::Fd> outbox_;  // accepted connections on their way; each is in the client's count already
  std::string log_;
};
}  // namespace headroom::scale
