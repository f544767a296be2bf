#include "io/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "io/cgroup_paths.h"
#include "io/wait.h"

namespace headroom::io {
namespace {
int number_of(ChildSignal signal) {
  switch (signal) {
    case ChildSignal::terminate: return SIGTERM;
    case ChildSignal::kill: return SIGKILL;
    case ChildSignal::stop: return SIGSTOP;
    case ChildSignal::resume: return SIGCONT;
  }
  return SIGKILL;
}

/// Everything the child needs after fork, made before it: between fork and exec only async-signal-safe calls are allowed.
struct Prepared {
  const SpawnOptions& options;
  std::vector<char*> argv;
  int error_pipe;
  pid_t parent;
};

[[noreturn]] void fail(int error_pipe) {
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(error_pipe, &error, sizeof(error));
  ::_exit(127);
}

[[noreturn]] void run_child(const Prepared& prepared) {
  const auto& options = prepared.options;
  ::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(prepared.error_pipe);
  if (::getppid() != prepared.parent) ::_exit(127);  // the parent went before the line above took effect
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int group : options.join) {
    if (::write(group, "0", 1) != 1) fail(prepared.error_pipe);
  }
  for (const int descriptor : options.inherit) {
    if (::fcntl(descriptor, F_SETFD, 0) != 0) fail(prepared.error_pipe);
  }
  if (options.stdout_to >= 0 && ::dup2(options.stdout_to, STDOUT_FILENO) < 0) fail(prepared.error_pipe);
  if (options.stderr_to >= 0 && ::dup2(options.stderr_to, STDERR_FILENO) < 0) fail(prepared.error_pipe);
  ::execv(options.program.c_str(), prepared.argv.data());
  fail(prepared.error_pipe);
}
}  // namespace

std::string ExitStatus::text() const {
  if (!by_signal) return "exit " + std::to_string(code);
  const char* name = ::sigabbrev_np(code);
  return name == nullptr ? "killed by signal " + std::to_string(code) : std::string("killed by SIG") + name;
}

expected<Process, SpawnError> Process::spawn(const SpawnOptions& options) {
  auto errors = make_pipe();
  if (!errors) return unexpected(SpawnError{errno});
  Prepared prepared{options, {}, errors->write.get(), ::getpid()};
  prepared.argv.push_back(const_cast<char*>(options.program.c_str()));
  for (const auto& argument : options.arguments) prepared.argv.push_back(const_cast<char*>(argument.c_str()));
  prepared.argv.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) return unexpected(SpawnError{errno});
  if (pid == 0) run_child(prepared);
  Process child(pid, Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
  errors->write = Fd();  // moves ours into the temporary, which closes it: the pipe ends when exec closes the child's
  ::fcntl(errors->read.get(), F_SETFL, 0);
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::read(errors->read.get(), &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  if (got == static_cast<ssize_t>(sizeof(error))) return unexpected(SpawnError{error});  // ~Process reaps it
  return child;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)), status_(other.status_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  pidfd_ = std::move(other.pidfd_);
  std::swap(status_, other.status_);
  return *this;
}

Process::~Process() {
  if (pid_ <= 0 || status_) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

bool Process::ended_unreaped() const {
  siginfo_t info{};
  return pid_ > 0 && !status_ && ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

std::optional<ExitStatus> Process::ended() {
  int status = 0;
  if (status_ || pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return status_;
  status_ = WIFSIGNALED(status) ? ExitStatus{true, WTERMSIG(status)} : ExitStatus{false, WEXITSTATUS(status)};
  return status_;
}

void Process::send(ChildSignal signal) const {
  if (pid_ > 0 && !status_) ::kill(pid_, number_of(signal));
}

ProcessUsage Process::usage() const {
  ProcessUsage usage;
  if (pid_ <= 0 || status_) return usage;
  usage.cpu = cpu_time_of(pid_).value_or(Duration{});
  unsigned long long size = 0;
  unsigned long long resident = 0;
  if (std::sscanf(read_small("/proc/" + std::to_string(pid_) + "/statm").c_str(), "%llu %llu", &size, &resident) == 2) {
    usage.memory_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  return usage;
}

std::optional<Duration> cpu_time_of(int pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return std::nullopt;
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

void send_signal(int pid, ChildSignal signal) {
  if (pid > 0) ::kill(pid, number_of(signal));
}

std::string own_program() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : std::string();
}
}  // namespace headroom::io
