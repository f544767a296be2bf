#include "scale/session.h"

#include <string_view>
#include <utility>

#include "scale/loop.h"

namespace headroom::scale {
namespace {
io::CgroupLimits limits_of(const Options& options) {
  io::CgroupLimits limits;
  if (!options.deployment || options.deployment->containers.empty()) return limits;
  const auto& list = options.deployment->containers.front().resources.limits;
  if (const auto cpu = list.find("cpu"); cpu != list.end()) limits.cpu_cores = static_cast<double>(cpu->second.milli()) / 1000;
  if (const auto memory = list.find("memory"); memory != list.end()) {
    limits.memory_bytes = static_cast<std::uint64_t>(memory->second.whole());
  }
  return limits;
}

/// Flags that a replica is given by its parent, or that make no sense for one among several.
expected<void, Failure> check_flags(const std::vector<std::string>& flags) {
  for (const std::string_view flag : flags) {
    const auto name = flag.substr(0, flag.find('='));
    for (const std::string_view taken : {"--host", "--port", "--record", "--handoff-fd", "--record-fd", "--replica"}) {
      if (name == taken) return unexpected(Failure{ExitCode::wrong_use, "a replica takes no " + std::string(taken) + ": all stand behind one port and record into one file", std::string(flag), "leave it out; headroom scale has --host, --port and --record itself"});
    }
  }
  return {};
}
}  // namespace

struct Session::Impl {
  explicit Impl(Options given, io::Fd listener) : options(std::move(given)), acceptor(std::move(listener)) {}
  Options options;
  /// Connections that arrive while no replica is ready wait in its backlog, in the kernel; more are refused by it (SYN cookies aside).
  io::Acceptor acceptor;
  Shared shared;
  io::Thread thread;
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

expected<std::unique_ptr<Session>, Failure> Session::start(Options options, run::Writer* writer) {
  HEADROOM_TRY_VOID(check_flags(options.serve_flags));
  auto listener = io::listen_on(options.host, options.port);
  if (!listener) {
    return unexpected(Failure{ExitCode::refused, "cannot listen: " + listener.error().message,
                              options.host + ":" + std::to_string(options.port), "choose another --port, or 0 for a free one"});
  }
  auto keeper = LimitKeeper::make(options.enforcement, limits_of(options));
  if (!keeper) return unexpected(keeper.error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*listener));
  auto kept = std::make_shared<LimitKeeper>(std::move(*keeper));  // std::function copies what it holds
  impl->thread = io::Thread("scale", [state = impl.get(), kept, writer] {
    Loop loop(state->options, state->acceptor, std::move(*kept), writer, state->shared);
    loop.run();
  });
  std::unique_ptr<Session> session(new Session(std::move(impl)));
  if (auto failure = session->impl_->shared.started.wait()) return unexpected(std::move(*failure));
  return session;
}

Session::~Session() { stop(); }

std::uint16_t Session::port() const { return io::local_port(impl_->acceptor.fd()); }

SessionStatus Session::status() const {
  return impl_->shared.status.with([](const SessionStatus& status) { return status; });
}

void Session::stop() {
  impl_->shared.stopping = true;
  impl_->shared.wake.signal();
  impl_->thread.join();
}
}  // namespace headroom::scale
