#include "load/collector.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace headroom::load {
namespace {
constexpr Duration kSecond = std::chrono::seconds(1);

Stats sum(const std::vector<Stats>& by_name) {
  Stats all;
  for (const auto& stats : by_name) all.merge(stats);
  return all;
}
void merge_into(std::vector<Stats>& into, const std::vector<Stats>& from) {
  for (std::size_t i = 0; i < from.size(); ++i) into[i].merge(from[i]);
}
}  // namespace

Collector::Collector(const CollectorOptions& options) : options_(options) {
  const auto& names = options_.plan->names;
  totals_.resize(names.size());
  delivered_.resize(static_cast<std::size_t>(options_.options->threads), options_.start);
  last_end_ = options_.start;
  for (const auto& name : names) row_names_.push_back(options_.writer ? options_.writer->name(name.method + " " + name.name) : 0);
}

int Collector::step_id(int index) const { return index < 0 ? 0 : steps_[static_cast<std::size_t>(index)].plan.id; }

void Collector::add_step(const PlannedStep& step) {
  steps_.push_back({step, {}, {}, {}});
  steps_.back().steady.resize(totals_.size());
  steps_.back().all.resize(totals_.size());
  result_.peak_users = std::max(result_.peak_users, step.step.users);
  result_.rate = std::max(result_.rate, step.step.rate);
  write_step(steps_.back());
}

void Collector::cut_short(Instant at) {
  for (auto& state : steps_) {
    if (state.plan.end <= at) continue;
    state.plan.end = std::max(at, state.plan.start);
    write_step(state);
  }
}

void Collector::add(Slice slice) {
  delivered_[static_cast<std::size_t>(slice.thread)] = slice.end;
  last_end_ = std::max(last_end_, slice.end);
  merge_into(totals_, slice.by_name);
  if (slice.scope.step >= 0) {
    StepState& state = steps_[static_cast<std::size_t>(slice.scope.step)];
    merge_into(state.all, slice.by_name);
    if (slice.scope.steady) {
      merge_into(state.steady, slice.by_name);
      state.facts.add(slice);
      state.facts.never_sent += slice.never_sent;
    }
  }
  if (slice.last) {
    ++ended_;
    result_.unfinished += slice.unfinished;
    result_.unfinished_oldest = std::max(result_.unfinished_oldest, slice.unfinished_oldest);
    result_.never_sent += slice.never_sent;
    delivered_[static_cast<std::size_t>(slice.thread)] = Instant::max();
  }
  keep_rows(slice);
  const std::int64_t second = (slice.start - options_.start) / kSecond;
  Second& row = seconds_[{second, slice.scope.step, slice.scope.steady}];
  if (row.by_name.empty()) {
    row.start = slice.start;
    row.by_name.resize(totals_.size());
  }
  row.end = std::max(row.end, slice.end);
  merge_into(row.by_name, slice.by_name);
  row.lag.merge(slice.lag);
  row.cpu += slice.cpu;
  row.span += slice.end - slice.start;
  row.by_thread[slice.thread] = {slice.users, slice.connections};
  row.samples_dropped += slice.samples_dropped;
}

// Samples and slow requests go to the file at once: they carry their own times.
void Collector::keep_rows(Slice& slice) {
  const int step = step_id(slice.scope.step);
  const auto& names = options_.plan->names;
  for (auto& kept : slice.slow) {
    const auto& outcome = kept.outcome;
    const auto& name = names[outcome.name];
    run::SlowRequest row{step, wall(outcome.done), (outcome.done - outcome.intended).count(), name.method + " " + name.name,
                         std::move(kept.request_body), static_cast<std::uint16_t>(outcome.status), outcome.trace_id};
    if (options_.options->on_slow) options_.options->on_slow(row);
    if (options_.writer) options_.writer->add(std::move(row));
  }
  result_.samples_dropped += slice.samples_dropped;
  if (!options_.writer) return;
  for (auto& kept : slice.samples) {
    const auto& outcome = kept.outcome;
    run::Sample row;
    row.step = step;
    row.name = row_names_[outcome.name];
    row.intended_ns = wall(outcome.intended);
    row.sent_ns = wall(outcome.sent);
    row.first_byte_ns = wall(outcome.first_byte);
    row.done_ns = wall(outcome.done);
    row.connect_ns = outcome.connect.count();
    row.status = static_cast<std::uint16_t>(outcome.status);
    row.error = std::move(kept.error);
    row.trace_id = outcome.trace_id;
    row.server_ns = outcome.server_ns;
    row.has_server = outcome.has_server;
    options_.writer->add(std::move(row));
  }
}

Instant Collector::complete_until() const { return *std::min_element(delivered_.begin(), delivered_.end()); }

bool Collector::second_is_complete() const {
  return !seconds_.empty() && options_.start + (seconds_.begin()->first.second + 1) * kSecond <= complete_until();
}

void Collector::flush(const HostTimes& host, const OnProgress& each) {
  double machine_busy = std::numeric_limits<double>::quiet_NaN();
  if (host.machine && second_is_complete()) {
    if (seen_.machine) machine_busy = io::busy_share(*seen_.machine, *host.machine);
    seen_.machine = host.machine;
  }
  while (second_is_complete()) {
    const auto first = seconds_.begin();
    std::int64_t throttled_ns = -1;
    if (host.throttled) {
      throttled_ns = seen_.throttled ? (*host.throttled - *seen_.throttled).count() : 0;
      seen_.throttled = host.throttled;
      if (first->first.step >= 0 && first->first.steady) {
        auto& facts = steps_[static_cast<std::size_t>(first->first.step)].facts;
        facts.throttled = facts.throttled.value_or(Duration::zero()) + Duration(throttled_ns);
      }
    }
    write(first->first, first->second, throttled_ns, machine_busy);
    const auto next = std::next(first);
    const bool second_over = next == seconds_.end() || next->first.second != first->first.second;
    if (second_over) report(first->second, first->first.step, each);
    seconds_.erase(first);
  }
}

void Collector::write(const SecondKey& key, Second& second, std::int64_t throttled_ns, double machine_busy) {
  if (options_.writer == nullptr || second.end <= second.start) return;
  const int step = step_id(key.step);
  run::GeneratorSecond own;
  own.t_ns = wall(second.start);
  own.step = step;
  for (const auto& [thread, counts] : second.by_thread) {
    own.users += counts.first;
    own.connections += counts.second;
  }
  own.threads = options_.options->threads;
  own.cpu_share = seconds(second.cpu) / std::max(seconds(second.span), 1e-9);
  own.lag_p50_ns = second.lag.quantile(0.5);
  own.lag_p99_ns = second.lag.quantile(0.99);
  own.lag_max_ns = second.lag.max();
  own.samples_dropped = second.samples_dropped;
  own.throttled_ns = throttled_ns;
  own.machine_busy = machine_busy;
  options_.writer->add(own);
  for (std::size_t i = 0; i < second.by_name.size(); ++i) {
    Stats& stats = second.by_name[i];
    if (stats.requests == 0 && stats.slo_latency.count() == 0) continue;
    run::ClientSecond row;
    row.t_ns = wall(second.start);
    row.step = step;
    row.name = row_names_[i];
    row.steady = key.steady;
    row.requests = stats.requests;
    row.failures = stats.failures;
    row.latency_ns = static_cast<std::int64_t>(stats.latency.sum());
    row.service_ns = static_cast<std::int64_t>(stats.service.sum());
    row.lag_ns = static_cast<std::int64_t>(stats.lag.sum());
    row.connect_ns = stats.connect_ns;
    row.with_server = stats.with_server;
    row.with_server_service_ns = stats.with_server_service_ns;
    row.server_ns = stats.server_ns;
    const bool judged_as_it_is = stats.failures == 0 && stats.slo_latency.count() == stats.requests;
    if (!judged_as_it_is) row.slo_latency = std::move(stats.slo_latency);
    row.latency = std::move(stats.latency);
    row.service = std::move(stats.service);
    options_.writer->add(std::move(row));
  }
}

void Collector::write_step(const StepState& state) {
  if (options_.writer == nullptr) return;
  const auto& plan = state.plan;
  run::Step row{plan.id, options_.options->part, plan.label, plan.step.users, plan.step.rate, wall(plan.start),
                wall(std::min(plan.steady_from, plan.end)), wall(plan.end)};
  options_.writer->add(row);
}

std::vector<NamedStats> Collector::named(const std::vector<Stats>& by_name) const {
  std::vector<NamedStats> result;
  for (std::size_t i = 0; i < by_name.size(); ++i) {
    if (by_name[i].requests > 0) result.push_back({options_.plan->names[i].method, options_.plan->names[i].name, by_name[i]});
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return std::tie(a.name, a.method) < std::tie(b.name, b.method); });
  return result;
}

void Collector::report(const Second& second, int step, const OnProgress& each) {
  if (!each) return;
  const auto by_name = named(totals_);
  const Stats total = sum(totals_);
  StepResult present;
  if (step >= 0) present = step_result(step);
  Progress progress{second.end - options_.start, options_.anchor, options_.anchor.to_wall(second.end), step >= 0 ? &present : nullptr, 0, 0, by_name, total,
                    seconds(second.cpu) / std::max(seconds(second.span), 1e-9)};
  for (const auto& [thread, counts] : second.by_thread) {
    progress.users += counts.first;
    progress.connections += counts.second;
  }
  each(progress);
}

StepResult Collector::step_result(int index) const {
  const StepState& state = steps_[static_cast<std::size_t>(index)];
  StepResult result;
  result.id = state.plan.id;
  result.label = state.plan.label;
  result.users = state.plan.step.users;
  result.rate = state.plan.step.rate;
  const Instant end = std::min(state.plan.end, std::max(last_end_, state.plan.steady_from));
  result.steady = std::max(Duration::zero(), end - state.plan.steady_from);
  result.by_name = named(state.steady);
  result.stats = sum(state.steady);
  GeneratorFacts facts = state.facts;
  facts.wall = result.steady;
  result.generator_reasons = generator_reasons(facts, options_.options->slo);
  result.generator_limited = !result.generator_reasons.empty();
  if (result.steady > Duration::zero()) {
    result.slo = stats::judge(options_.options->slo, {result.stats.slo_latency, result.stats.requests, result.stats.failures, result.steady});
    result.slo_met = stats::met(result.slo);
  }
  return result;
}

Result Collector::finish(const HostTimes& host, const OnProgress& each) {
  std::fill(delivered_.begin(), delivered_.end(), Instant::max());
  flush(host, each);
  GeneratorFacts facts;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    StepResult step = step_result(static_cast<int>(i));
    GeneratorFacts own = steps_[i].facts;
    own.wall = step.steady;
    facts.merge(own);
    result_.steady.merge(step.stats);
    result_.steady_span += step.steady;
    if (step.steady > Duration::zero()) result_.slo_met = result_.slo_met && step.slo_met;
    if (options_.writer) {
      for (std::size_t n = 0; n < totals_.size(); ++n) {
        for (const auto& [error, seen] : steps_[i].all[n].errors) options_.writer->add(run::ErrorCount{step.id, row_names_[n], error, seen.count});
      }
    }
    result_.steps.push_back(std::move(step));
  }
  result_.slo_unjudged = !options_.options->slo.terms.empty() && result_.steady_span <= Duration::zero();
  if (result_.slo_unjudged) result_.slo_met = false;
  result_.by_name = named(totals_);
  result_.total = sum(totals_);
  result_.anchor = options_.anchor;
  result_.duration = last_end_ - options_.start;
  result_.generator.reasons = generator_reasons(facts, options_.options->slo);
  result_.generator.limited = !result_.generator.reasons.empty();
  result_.generator.cpu_share = facts.cpu_share();
  result_.generator.throttled_ns = facts.throttled ? facts.throttled->count() : -1;
  return std::move(result_);
}
}  // namespace headroom::load
