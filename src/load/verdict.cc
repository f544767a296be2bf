#include "load/verdict.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/units.h"

namespace headroom::load {
namespace {
constexpr double kBusyShare = 0.9;
constexpr double kBusyTime = 0.1;
constexpr Duration kLateLag = std::chrono::milliseconds(1);
constexpr double kLateShare = 0.1;
constexpr std::uint64_t kEnough = 20;  // requests before their lag says anything
constexpr double kThrottledTime = 0.05;

Duration tolerated_lag(const stats::Slo& slo) {
  using Metric = stats::SloTerm::Metric;
  Duration smallest = Duration::max();
  for (const auto& term : slo.terms) {
    if (term.metric == Metric::errors || term.metric == Metric::rps) continue;
    smallest = std::min(smallest, Duration(static_cast<std::int64_t>(term.limit)));
  }
  return smallest == Duration::max() ? Duration::zero() : smallest / 20;
}

std::string percent(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.0f %%", share * 100);
  return text.data();
}
}  // namespace

void GeneratorFacts::add(const Slice& slice) {
  const Duration length = slice.end - slice.start;
  span += length;
  cpu += slice.cpu;
  waited += slice.waited;
  if (length > Duration::zero() && seconds(slice.cpu) >= kBusyShare * seconds(length)) busy_span += length;
  lag.merge(slice.lag);
  queued += slice.queued;
  for (const auto& stats : slice.by_name) {
    latency.merge(stats.latency);
    requests += stats.requests;
  }
}

void GeneratorFacts::merge(const GeneratorFacts& other) {
  span += other.span;
  cpu += other.cpu;
  waited += other.waited;
  busy_span += other.busy_span;
  lag.merge(other.lag);
  latency.merge(other.latency);
  requests += other.requests;
  queued += other.queued;
  never_sent += other.never_sent;
  wall += other.wall;
  if (other.throttled) throttled = throttled.value_or(Duration::zero()) + *other.throttled;
}

std::vector<std::string> generator_reasons(const GeneratorFacts& facts, const stats::Slo& slo) {
  std::vector<std::string> reasons;
  const double span = std::max(seconds(facts.span), 1e-9);
  if (seconds(facts.busy_span) > kBusyTime * span) {
    reasons.push_back("its threads used " + percent(facts.cpu_share()) + " of a core each (busy in " +
                      percent(seconds(facts.busy_span) / span) + " of the time): more --threads, or a machine of its own");
  }
  const Duration lag(facts.lag.quantile(0.99));
  const Duration latency(facts.latency.quantile(0.99));
  if (facts.lag.count() >= kEnough && lag > std::max(kLateLag, tolerated_lag(slo)) && seconds(lag) > kLateShare * seconds(latency)) {
    std::string reason = "it sent late: p99 send lag " + to_text(lag) + " in a p99 latency of " + to_text(latency);
    if (facts.waited > facts.span / 20) reason += ", its threads waited for a CPU " + percent(seconds(facts.waited) / span) + " of the time";
    reasons.push_back(std::move(reason));
  }
  if (facts.throttled && seconds(*facts.throttled) > kThrottledTime * seconds(facts.wall)) {
    reasons.push_back("its cgroup's CPU quota held it for " + to_text(*facts.throttled) + " of " + to_text(facts.wall));
  }
  if (facts.never_sent > 0 && facts.queued == 0) {
    reasons.push_back(std::to_string(facts.never_sent) + " arrivals were never sent");
  }
  return reasons;
}
}  // namespace headroom::load
