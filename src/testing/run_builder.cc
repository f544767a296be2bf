#include "testing/run_builder.h"

#include <cmath>
#include <string>

namespace headroom::testing {
namespace {
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr int kSteadySeconds = 10;

std::int64_t ns(double ms) { return std::llround(ms * 1e6); }

std::string pod_name(const Level& level, int index) {
  return (level.part.empty() ? "" : level.part + "/") + "replica-" + std::to_string(index + 1);
}
}  // namespace

RunBuilder::RunBuilder() {
  run_.names = {"POST /predict"};
  run_.meta = {{"cpus", "2"}, {"limits", "cgroup v2"}, {"samples", "some"}};
}

RunBuilder& RunBuilder::meta(const std::string& key, const std::string& value) {
  run_.meta[key] = value;
  return *this;
}

void RunBuilder::scale_to(const Level& level, int pods, std::int64_t t_ns) {
  for (; pods_ < pods; ++pods_) run_.replica_events.push_back({t_ns, pod_name(level, pods_), "ready", ""});
  for (; pods_ > pods; --pods_) run_.replica_events.push_back({t_ns, pod_name(level, pods_ - 1), "exit", ""});
}

void RunBuilder::client(const Level& level, std::int64_t second, bool steady) {
  run::ClientSecond row;
  row.t_ns = second;
  row.step = static_cast<int>(run_.steps.size());
  row.steady = steady;
  const auto requests = static_cast<std::uint64_t>(std::llround(level.rps));
  const auto slow = static_cast<std::uint64_t>(std::llround(level.rps * level.slow_share));
  std::int64_t server = 0;
  for (const double ms : level.stages_ms) server += ns(ms);
  for (std::uint64_t i = 0; i < requests; ++i) {
    const std::int64_t queue = i < slow ? ns(level.slow_ms) : 0;
    const std::int64_t service = server + queue + ns(level.network_ms) + ns(level.connect_ms);
    const std::int64_t latency = service + ns(level.lag_ms);
    row.requests += 1;
    row.latency_ns += latency;
    row.service_ns += service;
    row.lag_ns += ns(level.lag_ms);
    row.connect_ns += ns(level.connect_ms);
    row.latency.add(latency);
    row.service.add(service);
    if (level.server_timing) {
      row.with_server += 1;
      row.with_server_service_ns += service;
      for (std::size_t s = 0; s < row.server_ns.size(); ++s) row.server_ns[s] += ns(level.stages_ms[s]);
      row.server_ns[static_cast<std::size_t>(telemetry::Stage::queue)] += queue;
    }
    const std::int64_t done = second + static_cast<std::int64_t>(i) * kSecond / static_cast<std::int64_t>(requests);
    if ((level.rps <= 500 || i % 10 == 0) && steady) {
      run::Sample sample;
      sample.step = row.step;
      sample.intended_ns = done - latency;
      sample.sent_ns = done - service;
      sample.first_byte_ns = sample.done_ns = done;
      sample.status = 200;
      run_.samples.push_back(sample);
    }
  }
  row.failures = static_cast<std::uint64_t>(std::llround(level.rps * level.failed_share));
  run_.client_seconds.push_back(std::move(row));
  run_.generator_seconds.push_back({.t_ns = second, .step = static_cast<int>(run_.steps.size()), .users = level.users, .connections = level.users,
                                    .cpu_share = level.generator_share, .threads = 1, .lag_p50_ns = ns(level.lag_ms),
                                    .lag_p99_ns = ns(level.lag_p99_ms), .lag_max_ns = ns(level.lag_p99_ms), .samples_dropped = 0, .throttled_ns = 0, .machine_busy = level.machine_busy});
}

void RunBuilder::machines(const Level& level, std::int64_t second, int pods) {
  if (level.cpu_cores < 0) return;
  for (int i = 0; i < pods; ++i) {
    auto& counter = counters_[static_cast<std::size_t>(i)];
    counter.t_ns = second;
    counter.replica = pod_name(level, i);
    counter.cpu_ns += std::llround(level.cpu_cores * kSecond);
    counter.periods += 10;
    counter.throttled_periods += static_cast<std::uint64_t>(std::llround(10 * level.throttled_share));
    counter.throttled_ns += std::llround(level.throttled_share * 0.8 * kSecond);
    counter.memory_bytes = 8U << 20U;
    counter.cpu_limit = level.cpu_limit;
    run_.replica_samples.push_back(counter);
  }
}

RunBuilder& RunBuilder::step(const Level& level) {
  if (level.part != part_) scale_to({.part = part_}, 0, now_ns_ - kSecond / 2);
  part_ = level.part;
  scale_to(level, level.pods_from, now_ns_ - kSecond / 4);
  run::Step step;
  step.id = static_cast<int>(run_.steps.size()) + 1;
  step.part = level.part;
  step.users = level.users;
  step.rate = level.rate;
  step.label = level.users > 0 ? std::to_string(level.users) + " users" : std::to_string(std::llround(level.rate)) + "/s";
  step.start_ns = now_ns_;
  step.steady_ns = now_ns_ + kSecond;
  step.end_ns = now_ns_ + (kSteadySeconds + 1) * kSecond;
  run_.steps.push_back(step);
  for (int i = 0; i <= kSteadySeconds; ++i, now_ns_ += kSecond) {
    if (i == kSteadySeconds / 2) scale_to(level, level.pods_to, now_ns_);
    client(level, now_ns_, i > 0);
    machines(level, now_ns_ + kSecond / 2, pods_);
    if (level.hpa_desired < 0) continue;
    run::HpaPass pass;
    pass.t_ns = now_ns_ + kSecond / 2;
    pass.current = pass.ready = pods_;
    pass.desired = level.hpa_desired;
    pass.reason = level.hpa_at_max ? "TooManyReplicas" : "DesiredWithinRange";
    run_.hpa_passes.push_back(pass);
  }
  return *this;
}
}  // namespace headroom::testing
