#include "analyze/machines.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

namespace headroom::analyze {
namespace {
struct Span {
  const run::ReplicaSample* first = nullptr;
  const run::ReplicaSample* last = nullptr;
};

std::map<std::string_view, Span> spans(const run::Run& run, const Window& window) {
  std::map<std::string_view, Span> result;
  for (const auto& sample : run.replica_samples) {
    if (sample.t_ns < window.steady || sample.t_ns >= window.end) continue;
    auto& span = result[sample.replica];
    if (!span.first || sample.t_ns < span.first->t_ns) span.first = &sample;
    if (!span.last || sample.t_ns > span.last->t_ns) span.last = &sample;
  }
  return result;
}

/// Growth of a counter; 0 if it ran backwards.
template <class Counter>
double grown(Counter from, Counter to) {
  return to > from ? static_cast<double>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from)) : 0;
}

std::vector<const run::ReplicaEvent*> in_order(const std::vector<run::ReplicaEvent>& events) {
  std::vector<const run::ReplicaEvent*> result;
  for (const auto& event : events) result.push_back(&event);
  std::stable_sort(result.begin(), result.end(), [](const auto* a, const auto* b) { return a->t_ns < b->t_ns; });
  return result;
}
}  // namespace

Cpu cpu_of(const run::Run& run, const Window& window, double rps) {
  Cpu cpu;
  double throttled_ns = 0, periods = 0, throttled = 0;
  const double steady_s = nanoseconds_between(window.steady, window.end) * 1e-9;
  for (const auto& [name, span] : spans(run, window)) {
    const double seconds = nanoseconds_between(span.first->t_ns, span.last->t_ns) * 1e-9;
    if (seconds <= 0) continue;
    cpu.known = true;
    const double cores = grown(span.first->cpu_ns, span.last->cpu_ns) * 1e-9 / seconds;
    // A pod that lived through half of the step did half of its work; its samples miss at most one interval at each end.
    const double present = std::min(1.0, (seconds + 1) / steady_s);
    cpu.cores += cores * present;
    cpu.limit_cores += span.last->cpu_limit * present;
    cpu.pod_limit_cores = std::max(cpu.pod_limit_cores, span.last->cpu_limit);
    if (span.last->cpu_limit > 0) cpu.busiest_share = std::max(cpu.busiest_share, cores / span.last->cpu_limit);
    throttled_ns += grown(span.first->throttled_ns, span.last->throttled_ns) / seconds * present;
    periods += grown(span.first->periods, span.last->periods);
    throttled += grown(span.first->throttled_periods, span.last->throttled_periods);
    cpu.bytes_max = std::max(cpu.bytes_max, static_cast<double>(span.last->memory_bytes));
  }
  if (periods > 0) cpu.throttled_share = throttled / periods;
  if (rps > 0) {
    cpu.us_per_request = cpu.cores / rps * 1e6;
    cpu.throttled_ms = throttled_ns * 1e-6 / rps;
  }
  return cpu;
}

GeneratorUse generator_of(const run::Run& run, int step, const Window& window) {
  GeneratorUse use;
  double n = 0, throttled_ns = 0, busy_n = 0, busy = 0;
  bool throttling_known = true;
  for (const auto& second : run.generator_seconds) {
    if (second.step != step || second.t_ns < window.steady || second.t_ns >= window.end) continue;
    ++n;
    use.thread_share += second.cpu_share;
    use.cores += second.cpu_share * second.threads;
    use.lag_p99_ms = std::max(use.lag_p99_ms, static_cast<double>(second.lag_p99_ns) * 1e-6);
    use.dropped += second.samples_dropped;
    if (std::isfinite(second.machine_busy)) {
      busy += second.machine_busy;
      ++busy_n;
    }
    throttling_known = throttling_known && second.throttled_ns >= 0;
    throttled_ns += static_cast<double>(std::max<std::int64_t>(0, second.throttled_ns));
  }
  if (n == 0) return use;
  use.known = true;
  use.thread_share /= n;
  use.cores /= n;
  if (busy_n > 0) use.machine_busy = busy / busy_n;
  if (throttling_known) use.throttled_share = throttled_ns / (n * 1e9);
  return use;
}

Replicas replicas_of(const run::Run& run, const Window& window) {
  Replicas result;
  std::set<std::string_view> ready;
  const auto at_start = [&] { if (result.from < 0) result.from = static_cast<int>(ready.size()); };
  for (const auto* event : in_order(run.replica_events)) {
    if (event->t_ns >= window.end) break;
    if (event->t_ns > window.start) at_start();
    if (event->event == "ready") ready.insert(event->replica);
    if (event->event == "drain" || event->event == "exit" || event->event == "crash") ready.erase(event->replica);
  }
  if (!run.replica_events.empty()) {
    at_start();
    result.to = static_cast<int>(ready.size());
  } else {
    std::set<std::string_view> seen;
    for (const auto& second : run.server_seconds) {
      if (second.t_ns >= window.start && second.t_ns < window.end) seen.insert(second.replica);
    }
    if (!seen.empty()) result.from = result.to = static_cast<int>(seen.size());
  }
  int passes = 0, short_passes = 0;
  for (const auto& pass : run.hpa_passes) {
    if (pass.t_ns < window.start || pass.t_ns >= window.end) continue;
    result.hpa = true;
    result.desired = pass.desired;
    result.at_max = pass.reason == "TooManyReplicas" || pass.conditions_json.find("\"TooManyReplicas\"") != std::string::npos;
    if (pass.t_ns < window.steady) continue;
    ++passes;
    short_passes += pass.ready < pass.desired;
  }
  if (passes > 0) result.short_share = static_cast<double>(short_passes) / passes;
  return result;
}
}  // namespace headroom::analyze
