#include "io/signal.h"

#include <sys/signalfd.h>

#include <csignal>

#include "base/check.h"

namespace headroom::io {
SignalQueue::SignalQueue(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  CHECK(::pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  std::signal(SIGPIPE, SIG_IGN);
  fd_ = Fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  CHECK(fd_);
}

std::optional<int> SignalQueue::next() {
  signalfd_siginfo signal{};
  if (::read(fd_.get(), &signal, sizeof(signal)) != sizeof(signal)) return std::nullopt;
  return static_cast<int>(signal.ssi_signo);
}
}  // namespace headroom::io
