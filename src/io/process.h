// Child processes: started with inherited descriptors, watched, signalled, reaped. No child outlives its parent.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/time.h"
#include "io/fd.h"

namespace headroom::io {
struct SpawnOptions {
  std::string program;                 // a path; PATH is not searched
  std::vector<std::string> arguments;  // without the program itself
  std::vector<int> inherit;            // descriptors that the child keeps, under the same numbers
  std::vector<int> join;               // cgroup.procs files the child enters before it runs (cgroup.h)
  int stdout_to = -1;                  // becomes its stdout; -1 = ours
  int stderr_to = -1;
};

struct SpawnError {
  int system_error;  // errno of fork or exec
};

struct ExitStatus {
  bool by_signal = false;
  int code = 0;  // exit code or signal number
  [[nodiscard]] bool clean() const { return !by_signal && code == 0; }
  /// "exit 0", "killed by SIGKILL".
  [[nodiscard]] std::string text() const;
};

enum class ChildSignal : std::uint8_t { terminate, kill, stop, resume };

/// CPU time and resident memory of a living process; zeros when it is gone. For limits without cgroups.
struct ProcessUsage {
  Duration cpu{};
  std::uint64_t memory_bytes = 0;
};

/// Owns one child; killed and reaped by the destructor if it still runs. One thread: the kernel kills the child when the *thread*
/// that spawned it ends (PR_SET_PDEATHSIG), so that thread must live as long as the child should.
/// The child is the leader of its own process group: a Ctrl-C at the terminal does not reach it.
class Process {
 public:
  /// Returns after exec has succeeded or failed.
  static expected<Process, SpawnError> spawn(const SpawnOptions& options);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  [[nodiscard]] int pid() const { return pid_; }
  /// Readable when the child has ended (a pidfd); -1 on kernels without: then ask ended() now and then.
  [[nodiscard]] int exit_descriptor() const { return pidfd_.get(); }
  /// True when it has ended and ended() has not been asked yet: its pid still stands for it.
  [[nodiscard]] bool ended_unreaped() const;
  /// Reaps it if it has ended; the same answer afterwards. Until then its pid belongs to nobody else.
  [[nodiscard]] std::optional<ExitStatus> ended();
  void send(ChildSignal signal) const;
  [[nodiscard]] ProcessUsage usage() const;

 private:
  Process(int pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  int pid_;
  Fd pidfd_;
  std::optional<ExitStatus> status_;
};

/// CPU time of a process of this user by its pid; nullopt when it is gone.
[[nodiscard]] std::optional<Duration> cpu_time_of(int pid);
/// For a pid that is known to be an unreaped child.
void send_signal(int pid, ChildSignal signal);
/// Path of the running program itself.
[[nodiscard]] std::string own_program();
}  // namespace headroom::io
