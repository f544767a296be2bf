#include "scale/replica.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "io/wait.h"

namespace headroom::scale {
namespace {
constexpr std::size_t kLogKept = 2048;  // bytes of stderr kept for the error message

Failure no_room(const std::string& what) {
  return {ExitCode::refused, "cannot start " + what + ": the system gives no more descriptors", "", "raise `ulimit -n`"};
}

std::vector<std::string> arguments(const ReplicaCommand& command, const std::string& name, int handoff, int record) {
  std::vector<std::string> list{"serve",       command.model,          "--handoff-fd", std::to_string(handoff),
                                "--record-fd", std::to_string(record), "--replica",    name};
  if (command.threads > 0) list.insert(list.end(), {"--threads", std::to_string(command.threads)});
  list.insert(list.end(), command.flags.begin(), command.flags.end());
  return list;
}
}  // namespace

expected<void, Failure> Replica::launch(const ReplicaCommand& command, LimitKeeper& keeper, Instant now) {
  auto channels = io::handoff_pair();
  auto records = io::make_pipe();
  auto logs = io::make_pipe();
  if (!channels || !records || !logs) return unexpected(no_room(name));
  if (!group) {
    HEADROOM_TRY(fresh, keeper.group_for(name));
    group = std::move(fresh);
  }
  io::SpawnOptions options;
  options.program = command.program;
  options.arguments = arguments(command, name, channels->second.get(), records->write.get());
  options.inherit = {channels->second.get(), records->write.get()};
  if (group) options.join = group->join_descriptors();
  options.stdout_to = logs->write.get();
  options.stderr_to = logs->write.get();
  auto child = io::Process::spawn(options);
  if (!child) {
    return unexpected(Failure{ExitCode::refused, "cannot start " + name + ": " + std::strerror(child.error().system_error),
                              command.program, ""});
  }
  keeper.started(*child);
  process.emplace(std::move(*child));
  channel = std::move(channels->first);
  record = std::move(records->read);
  log_pipe = std::move(logs->read);
  log_.clear();
  state = State::starting;
  started = now;
  ready_changed = now;
  connections = 0;
  drain_wanted_ = false;
  asked_back_ = 0;
  return {};
}

void Replica::give(io::Fd connection) {
  ++connections;
  outbox_.push_back(std::move(connection));
  flush();
}

void Replica::give_back(std::uint32_t count) {
  if (count == 0 && asked_back_ == 0) return;
  // Not sent when the channel is full: the next second asks again.
  if (io::send_handoff(channel.get(), io::HandoffKind::give_back, -1, count)) asked_back_ = count;
}

void Replica::drain(Instant deadline, bool going) {
  state = State::draining;
  deleting = deleting || going;
  drain_deadline = deadline;
  drain_wanted_ = true;
  flush();
}

bool Replica::flush() {
  while (!outbox_.empty()) {
    if (!io::send_handoff(channel.get(), io::HandoffKind::connection, outbox_.front().get())) return false;
    outbox_.pop_front();
  }
  if (drain_wanted_ && io::send_handoff(channel.get(), io::HandoffKind::drain)) drain_wanted_ = false;
  return !drain_wanted_;
}

std::deque<io::Fd> Replica::take_undelivered() {
  connections -= static_cast<int>(outbox_.size());
  return std::exchange(outbox_, {});
}

void Replica::clear() {
  process.reset();
  channel = io::Fd();
  record = io::Fd();
  log_pipe = io::Fd();
  outbox_.clear();
  connections = 0;
}

void Replica::read_log() {
  std::array<std::byte, 4096> part;
  while (const auto got = io::read_some(log_pipe.get(), part)) {
    if (*got == 0) {
      log_pipe = io::Fd();
      return;
    }
    log_.append(reinterpret_cast<const char*>(part.data()), *got);
    if (log_.size() > kLogKept) log_.erase(0, log_.size() - kLogKept);
  }
}
}  // namespace headroom::scale
