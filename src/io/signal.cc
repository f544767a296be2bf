#include "io/signal.h"

#include <sys/signalfd.h>

#include <csignal>

#include "base/check.h"

namespace headroom::io {
namespace {
int number_of(Signal signal) {
  switch (signal) {
    case Signal::interrupt: return SIGINT;
    case Signal::terminate: return SIGTERM;
    case Signal::hangup: break;
  }
  return SIGHUP;
}
}  // namespace

SignalQueue::SignalQueue(std::initializer_list<Signal> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const Signal signal : signals) sigaddset(&set, number_of(signal));
  CHECK(::pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  std::signal(SIGPIPE, SIG_IGN);
  fd_ = Fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  CHECK(fd_);
}

std::optional<Signal> SignalQueue::next() {
  signalfd_siginfo signal{};
  if (::read(fd_.get(), &signal, sizeof(signal)) != sizeof(signal)) return std::nullopt;
  return signal.ssi_signo == SIGINT ? Signal::interrupt : signal.ssi_signo == SIGTERM ? Signal::terminate : Signal::hangup;
}
}  // namespace headroom::io
