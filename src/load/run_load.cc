#include "load/run_load.h"

#include <algorithm>
#include <memory>

#include "base/check.h"
#include "io/clock.h"
#include "io/dial.h"
#include "io/event_loop.h"
#include "io/mailbox.h"
#include "io/thread.h"
#include "io/thread_clock.h"
#include "load/collector.h"
#include "load/plan.h"
#include "load/sender.h"
#include "workload/staircase.h"

namespace headroom::load {
namespace {
constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kPoll = std::chrono::milliseconds(50);
constexpr Duration kStartUp = std::chrono::milliseconds(10);  // threads are there before the first request is due
constexpr Duration kForEver = std::chrono::hours(24 * 365);

Failure wrong(std::string what, std::string remedy) { return {ExitCode::wrong_use, std::move(what), "", std::move(remedy)}; }

std::optional<Failure> check(const Options& options) {
  if (options.threads < 1 || options.threads > 256) return wrong("threads must be 1 … 256", "leave --threads out");
  if (options.connections < options.threads) return wrong("each thread needs at least one connection", "raise --connections");
  if (options.timeout <= Duration::zero()) return wrong("the timeout must be more than 0", "leave --timeout out");
  if (options.spawn_rate <= 0) return wrong("the spawn rate must be more than 0", "leave --spawn-rate out");
  if (options.steps.empty() && options.scenario.stages.empty()) return wrong("nothing says how much load", "give --users or --rate");
  return std::nullopt;
}

/// The first address that takes a connection, or the first at all: localhost may be ::1 and 127.0.0.1, and the server on one.
io::Address reachable(const std::vector<io::Address>& addresses) {
  for (const auto& address : addresses) {
    if (addresses.size() == 1) break;
    io::Dial dial = io::dial(address);
    if (dial.connected) return address;
    if (dial.error != 0) continue;
    io::EventLoop loop;
    if (!loop.watch(dial.socket.get(), EPOLLOUT, &dial)) continue;
    if (!loop.wait(kSecond).empty() && io::dial_error(dial.socket.get()) == 0) return address;
  }
  return addresses.front();
}

std::string label_of(const Step& step) {
  if (!step.label.empty()) return step.label;
  if (step.users > 0 || step.rate <= 0) return std::to_string(step.users) + " users";
  std::string rate = std::to_string(step.rate);
  rate.erase(rate.find_last_not_of('0') + 1);
  if (rate.ends_with('.')) rate.pop_back();
  return rate + "/s";
}

std::vector<Step> steps_of(const Options& options) {
  if (!options.steps.empty()) return options.steps;
  std::vector<Step> steps;
  for (const auto& stage : options.scenario.stages) steps.push_back({stage.users, stage.rate, stage.duration, stage.spawn_rate, ""});
  return steps;
}

/// Times of a step that begins at `start` with `users_before`. Steady begins on a whole second of the run.
PlannedStep plan_step(const Step& step, const Options& options, Instant run_start, Instant start, int users_before) {
  const double spawn_rate = step.spawn_rate > 0 ? step.spawn_rate : options.spawn_rate;
  const Duration ramp = step.rate > 0 ? Duration::zero() : workload::Staircase(users_before, step.users, spawn_rate).length();
  const Duration held = step.duration > Duration::zero() ? step.duration : kForEver;
  PlannedStep planned{step, 0, label_of(step), start, {}, start + held};
  planned.step.spawn_rate = spawn_rate;
  if (options.duration_from == DurationFrom::ramp) planned.end += ramp;
  const Duration left = std::max(Duration::zero(), planned.end - start - ramp);
  const Duration until_steady = start + ramp + workload::settling_time(left) - run_start;
  planned.steady_from = run_start + (until_steady + kSecond - Duration(1)) / kSecond * kSecond;
  return planned;
}

/// The run from the caller's thread: posts levels, collects slices, asks for further steps.
class Runner {
 public:
  Runner(const Options& options, const Plan& plan, run::Writer* writer, const OnProgress& progress)
      : options_(options), plan_(plan), progress_(progress), start_(io::now() + kStartUp),
        collector_({&plan, &options, writer, start_, io::anchor()}) {}

  Result run(const io::Address& address, std::stop_token stop) {
    Instant at = start_;
    for (const auto& step : steps_of(options_)) at = add_step(step, at);
    make_senders(address);
    for (const auto& level : levels_) post({level, std::nullopt, {}});
    if (!options_.next_step) stop_at(levels_.back().end);
    std::vector<io::Thread> threads;
    for (std::size_t i = 0; i < senders_.size(); ++i) {
      threads.emplace_back("load-" + std::to_string(i), [sender = senders_[i].get()] { sender->run(); });
    }
    while (!collector_.finished()) turn(stop);
    Result result = collector_.finish(HostTimes{io::own_throttled_time(), io::machine_time()}, progress_);
    result.url = plan_.url.origin() + plan_.url.path;
    result.interrupted = interrupted_;
    return result;
  }

 private:
  Instant add_step(const Step& step, Instant at) {
    PlannedStep planned = plan_step(step, options_, start_, at, users_);
    planned.id = options_.first_step_id + static_cast<int>(levels_.size());
    const int index = static_cast<int>(levels_.size());
    levels_.push_back({at, index, step.users, planned.step.spawn_rate, step.rate, planned.steady_from, planned.end});
    users_ = step.users;
    collector_.add_step(planned);
    return planned.end;
  }

  void make_senders(const io::Address& address) {
    Rng seeds(options_.seed);
    const std::uint64_t arrivals_seed = seeds.next();
    for (int i = 0; i < options_.threads; ++i) {
      SenderOptions sender;
      sender.thread = i;
      sender.threads = options_.threads;
      sender.start = start_;
      sender.connections = options_.connections / options_.threads + (i < options_.connections % options_.threads ? 1 : 0);
      sender.arrivals = options_.arrivals == Arrivals::poisson ? workload::ArrivalKind::poisson : workload::ArrivalKind::uniform;
      sender.seed = arrivals_seed;
      sender.samples_per_second = options_.samples_per_second / options_.threads;
      sender.client = {address, options_.timeout, options_.slow, options_.trace_sample, seeds.next()};
      senders_.push_back(std::make_unique<Sender>(plan_, sender, slices_));
    }
  }

  void post(const Order& order) {
    for (auto& sender : senders_) sender->post(order);
  }
  void stop_at(Instant at) {
    stopping_ = true;
    post({std::nullopt, at, options_.stop_timeout});
  }

  void turn(const std::stop_token& stop) {
    for (auto& slice : slices_.take(kPoll)) collector_.add(std::move(slice));
    if (collector_.second_is_complete()) collector_.flush(HostTimes{io::own_throttled_time(), io::machine_time()}, progress_);
    if (stop.stop_requested() && !interrupted_) {
      interrupted_ = true;
      const Instant now = io::now();
      collector_.cut_short(now);
      stop_at(now);
    }
    if (!stopping_ && collector_.complete_until() >= levels_.back().end) ask_for_more();
  }

  // The users go on while the next step is chosen.
  void ask_for_more() {
    const auto next = options_.next_step(collector_.step_result(static_cast<int>(levels_.size()) - 1));
    const Instant at = io::now() + kStartUp;
    if (!next) return stop_at(at);
    add_step(*next, at);
    post({levels_.back(), std::nullopt, {}});
  }

  const Options& options_;
  const Plan& plan_;
  const OnProgress& progress_;
  Instant start_;
  Collector collector_;
  io::Mailbox<Slice> slices_;
  std::vector<std::unique_ptr<Sender>> senders_;
  std::vector<Level> levels_;
  int users_ = 0;
  bool stopping_ = false;
  bool interrupted_ = false;
};
}  // namespace

expected<Result, Failure> run_load(const Options& options, run::Writer* writer, const OnProgress& progress, std::stop_token stop) {
  if (auto failure = check(options)) return unexpected(std::move(*failure));
  auto plan = make_plan(options.scenario, options.url);
  if (!plan) return unexpected(wrong(plan.error().message, "see docs/load.md"));
  const auto addresses = io::resolve_tcp(plan->url.host, plan->url.port);
  if (!addresses) {
    return unexpected(Failure{ExitCode::refused, "cannot find " + plan->url.host + ": " + addresses.error().message, plan->url.origin(), "check the host name"});
  }
  io::raise_descriptor_limit();
  Runner runner(options, *plan, writer, progress);
  return runner.run(reachable(*addresses), std::move(stop));
}
}  // namespace headroom::load
