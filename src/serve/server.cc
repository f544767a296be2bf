#include "serve/server.h"

#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "generated/docs_page.h"
#include "generated/version.h"
#include "io/cgroup.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/handoff.h"
#include "io/http_server.h"
#include "io/signal.h"
#include "io/socket.h"
#include "serve/connection.h"
#include "serve/observation.h"
#include "serve/openapi.h"
#include "serve/startup.h"

namespace headroom::serve {
namespace {
constexpr std::size_t kRing = 4096;  // records: a quarter of a second at full speed, emptied each 5 ms
constexpr Duration kTick = std::chrono::milliseconds(100);       // while something is counted or waited for
constexpr Duration kEndGrace = std::chrono::seconds(10);         // for what is in flight when the drain is over
constexpr Duration kExhaustedPause = std::chrono::milliseconds(50);

std::string url_of(const std::string& host, std::uint16_t port) {
  return "http://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

expected<io::Fd, Failure> listen(const Options& options) {
  auto socket = io::listen_on(options.host, options.port);
  if (socket) return std::move(*socket);
  return unexpected(Failure{ExitCode::refused, "cannot listen: " + socket.error().message, options.host + ":" + std::to_string(options.port),
                            "choose another --port or --host, or stop what listens there"});
}

io::HttpOptions http_options(const Options& options) {
  io::HttpOptions http;
  http.http.max_body = options.max_body.count;
  http.max_connections = options.max_connections;
  http.body_timeout = options.timeout;
  http.head_timeout = std::min(http.head_timeout, options.timeout);
  http.write_timeout = options.timeout;
  http.idle_timeout = options.idle_timeout;
  http.max_connection_age = options.max_connection_age;
  return http;
}

class Server {
 public:
  Server(const Options& options, Loaded loaded, io::Fd listener)
      : options_(options), loaded_(std::move(loaded)), anchor_(io::anchor()), signals_({io::Signal::terminate, io::Signal::interrupt}), service_(loaded_.served) {
    if (listener) acceptor_.emplace(std::move(listener));
  }

  expected<ExitCode, Failure> run() {
    const bool local = acceptor_ && io::is_loopback(acceptor_->fd());
    const TracingPlan plan = plan_tracing(options_, local);
    const int threads = options_.threads > 0 ? options_.threads : io::cpus_granted();
    for (int i = 0; i < threads; ++i) rings_.push_back(std::make_unique<RecordRing>(kRing));
    auto observation = Observation::start(options_, plan, loaded_, anchor_, rings_);
    if (!observation) return unexpected(observation.error());
    observation_ = std::move(*observation);
    offer_service(plan);
    start_threads();
    watch_all();
    announce(plan);
    while (!done()) turn();
    const bool cut = http_->connections() > 0;
    http_->stop();
    const std::string lost = observation_->stop();
    if (!lost.empty()) std::fprintf(stderr, "headroom: the run file is not complete: %s\n", lost.c_str());
    if (cut && options_.handoff_fd < 0) std::fprintf(stderr, "headroom: connections were still open and have been closed\n");
    return lost.empty() ? ExitCode::done : ExitCode::refused;
  }

 private:
  enum class Stop : std::uint8_t { no, drain, quick, now };

  void offer_service(const TracingPlan& plan) {
    service_.decode.max_rows = options_.max_rows;
    service_.max_body = options_.max_body.count;
    service_.queue_limit = options_.queue_limit;
    service_.timeout = options_.timeout;
    service_.sampling = plan.sampling;
    service_.keep_inputs = plan.inputs != telemetry::TraceInputs::off;
    service_.cors_origin = options_.cors_origin;
    service_.docs = embedded::docs_page;
    service_.openapi = openapi(loaded_.served, options_.max_rows);
    service_.infer = face_of(loaded_.served, kVersion);
    service_.infer.counts = [this] { return observation_->infer_counts(); };
    service_.anchor = anchor_;
    service_.metrics = [this](std::string_view accept, std::string& type) {
      return observation_->metrics(accept, http_->connections(), !service_.draining.load(), type);
    };
  }

  void start_threads() {
    std::vector<io::HandlerRef> handlers;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
      handlers_.push_back(std::make_unique<Connection>(service_, *rings_[i], static_cast<std::uint16_t>(i), io::random_seed()));
      handlers.emplace_back(*handlers_.back());
    }
    http_ = std::make_unique<io::HttpServer>(http_options(options_), handlers, loop_);
  }

  void watch_all() {
    CHECK(loop_.watch(signals_.fd(), EPOLLIN, &signals_));
    if (acceptor_) CHECK(loop_.watch(acceptor_->fd(), EPOLLIN, &*acceptor_));
    if (options_.handoff_fd < 0) return;
    parent_ = io::Fd(options_.handoff_fd);
    CHECK(loop_.watch(parent_.get(), EPOLLIN, &parent_));
  }

  void announce(const TracingPlan& plan) {
    for (const auto& warning : plan.otel.warnings) std::fprintf(stderr, "headroom: %s\n", warning.c_str());
    if (parent_) CHECK(io::send_handoff(parent_.get(), io::HandoffKind::ready));
    const std::string url = acceptor_ ? url_of(options_.host, io::local_port(acceptor_->fd())) : "";
    std::fputs(announcement(loaded_, {url, static_cast<int>(rings_.size()), plan.description}, options_.log_format).c_str(), stderr);
  }

  void turn() {
    const auto ready = loop_.wait(stop_ != Stop::no || parent_ || exhausted_ ? std::optional(kTick) : std::nullopt);
    now_ = io::now();
    for (const auto& event : ready) {
      if (event.tag == &signals_) take_signals();
      else if (event.tag == &parent_) hear_parent();
      else accept();
    }
    if (exhausted_ && now_ >= *exhausted_) {
      exhausted_.reset();
      loop_.rewatch(acceptor_->fd(), EPOLLIN, &*acceptor_);
    }
    if (parent_) report();
    advance();
  }

  void accept() {
    if (!acceptor_) return;
    for (int i = 0; i < 64; ++i) {
      auto [step, connection] = acceptor_->next();
      if (step == io::Acceptor::Step::nothing) return;
      if (step == io::Acceptor::Step::exhausted) {
        exhausted_ = now_ + kExhaustedPause;
        return loop_.rewatch(acceptor_->fd(), 0, &*acceptor_);
      }
      last_accepted_ = now_;
      if (step == io::Acceptor::Step::accepted) http_->adopt(std::move(connection), io::now());
    }
  }

  void take_signals() {
    while (const auto signal = signals_.next()) {
      if (stop_ != Stop::no) stop_ = Stop::now;
      else stop_ = *signal == io::Signal::interrupt || options_.drain.count() == 0 ? Stop::quick : Stop::drain;
    }
  }

  void hear_parent() {
    while (true) {
      auto message = io::receive_handoff(parent_.get());
      if (!message) {  // gone, or it speaks nonsense: finish what is here, there is nobody to give it to
        parent_ = io::Fd();
        returned_.clear();
        stop_ = Stop::quick;
        return;
      }
      if (!*message) return;
      if ((*message)->kind == io::HandoffKind::give_back) http_->give_back((*message)->count);
      if ((*message)->kind == io::HandoffKind::drain) dismissed_ = true;
      if ((*message)->kind == io::HandoffKind::drain && stop_ == Stop::no) stop_ = Stop::quick;
      if ((*message)->kind != io::HandoffKind::connection) continue;
      io::prepare_connection((*message)->descriptor.get());
      http_->adopt(std::move((*message)->descriptor), now_);
    }
  }

  // Gives connections back and tells how many have ended.
  void report() {
    // Until the parent has said drain, connections may be on their way here: leaving without it would lose them.
    if (stop_ != Stop::no && !dismissed_ && !leaving_told_) leaving_told_ = io::send_handoff(parent_.get(), io::HandoffKind::leaving);
    for (auto& socket : http_->take_returned()) returned_.push_back(std::move(socket));
    while (!returned_.empty() && io::send_handoff(parent_.get(), io::HandoffKind::returned, returned_.front().get())) returned_.pop_front();
    const auto ended = http_->ended();
    if (ended == reported_) return;
    if (io::send_handoff(parent_.get(), io::HandoffKind::closed, -1, static_cast<std::uint32_t>(ended - reported_))) reported_ = ended;
  }

  // serving → draining → ending → done. Readiness fails first.
  void advance() {
    if (stop_ == Stop::no || stop_ == Stop::now) return;
    if (!service_.draining.exchange(true)) {
      const bool drains = stop_ == Stop::drain && !parent_;
      const bool nobody = http_->connections() == 0 && (!last_accepted_ || now_ - *last_accepted_ > options_.drain);
      end_at_ = drains && !nobody ? now_ + options_.drain : now_;
      if (end_at_ > now_) http_->set_phase(io::Phase::draining);
    }
    const auto phase = http_->phase();
    const bool ending = phase == io::Phase::ending || phase == io::Phase::returning;
    if (ending || now_ < end_at_) return;
    if (acceptor_) accept();  // whoever is in the backlog has been let in by the kernel: serve him
    acceptor_.reset();
    http_->set_phase(parent_ ? io::Phase::returning : io::Phase::ending);
    cut_at_ = now_ + kEndGrace;
  }

  [[nodiscard]] bool done() {
    if (stop_ == Stop::now) return true;
    const auto phase = http_->phase();
    if (phase == io::Phase::serving || phase == io::Phase::draining) return false;
    // Counted before the last look at what came back: a connection is put there first and then no longer counted.
    const bool nobody = http_->connections() == 0;
    if (nobody && parent_) report();
    const bool told = !parent_ || (dismissed_ && returned_.empty() && reported_ == http_->ended());
    return (nobody && told) || now_ >= cut_at_;
  }

  const Options& options_;
  Loaded loaded_;
  ClockAnchor anchor_;
  io::SignalQueue signals_;
  Service service_;
  std::vector<std::unique_ptr<RecordRing>> rings_;
  std::unique_ptr<Observation> observation_;
  std::vector<std::unique_ptr<Connection>> handlers_;
  io::EventLoop loop_;
  std::optional<io::Acceptor> acceptor_;
  io::Fd parent_;
  std::unique_ptr<io::HttpServer> http_;
  std::deque<io::Fd> returned_;  // on their way back to the parent
  std::uint64_t reported_ = 0;
  bool leaving_told_ = false;
  bool dismissed_ = false;  // the parent has said drain: it sends no more
  Stop stop_ = Stop::no;
  Instant now_ = io::now();
  Instant end_at_;
  Instant cut_at_;
  std::optional<Instant> last_accepted_;
  std::optional<Instant> exhausted_;  // no descriptors left: accept again then
};
}  // namespace

expected<ExitCode, Failure> serve(const Options& options) {
  auto loaded = load(options);
  if (!loaded) return unexpected(loaded.error());
  io::Fd listener;
  if (options.handoff_fd < 0) {
    auto socket = listen(options);
    if (!socket) return unexpected(socket.error());
    listener = std::move(*socket);
  }
  return Server(options, std::move(*loaded), std::move(listener)).run();
}
}  // namespace headroom::serve
