// The kernel (or the emulated budget) stops the pods at their CPU limit while the machine may have CPU to spare.
#include <algorithm>
#include <cmath>

#include "analyze/finding.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
constexpr double kComfort = 0.8;  // of the limit: where the fix aims
}  // namespace

std::optional<Finding> find_cpu_throttling(const Scene& scene) {
  const auto& step = scene.step;
  const auto& cpu = step.cpu;
  if (!cpu.known || cpu.pod_limit_cores <= 0 || !cpu.is_throttled()) return std::nullopt;
  const double growth_ms = step.mean_ms - scene.base.mean_ms;
  const double asked = std::max(step.asked_rps(), step.rps);
  // With the HPA at its maximum the same wall is read per deployment by find_replicas: this is the lesser description.
  const bool per_pod = !step.replicas.at_max;

  Finding finding;
  finding.cause = "cpu-throttling";
  finding.title = "CPU throttling: the limit of " + millicores(cpu.pod_limit_cores) + " stops the pods in " + percent(cpu.throttled_share) +
                  " of the periods" + (scene.machine.enforcement == "emulated" ? " (limit emulated)" : "");
  finding.confidence = Weighing()
                           .fact(2, cpu.throttled_share >= 0.25)
                           .fact(2, growth_ms > 0 && cpu.throttled_ms >= 0.5 * growth_ms)
                           .fact(2, cpu.busiest_share >= 0.85)
                           .fact(2, per_pod)
                           .confidence();
  finding.evidence = {{"throttled periods", cpu.throttled_share * 100, "%", "replica_samples"},
                      {"throttled time", cpu.throttled_ms, "ms a request", "replica_samples, client_seconds"},
                      {"mean latency, grown since the first step", growth_ms, "ms", "client_seconds"},
                      {"busiest pod, of its limit", cpu.busiest_share * 100, "%", "replica_samples"},
                      {"CPU per request", cpu.us_per_request, "µs", "replica_samples, client_seconds"}};
  const double needed = asked * cpu.us_per_request * 1e-6 / kComfort;  // cores, all pods
  const double pods = std::max(1, step.replicas.to);
  const double limit = std::max(2 * cpu.pod_limit_cores, std::ceil(needed / pods * 100) / 100);
  const double scaled = step.rps * limit / cpu.pod_limit_cores;
  finding.fix = "Raise the CPU limit from " + millicores(cpu.pod_limit_cores) + " to " + millicores(limit) + " (or remove it).";
  const double wanted = wanted_rps(step);
  finding.gain = Gain{.metric = "rps", .from = step.rps, .to = std::min(wanted, scaled), .low = std::min(wanted, 0.85 * scaled),
                      .high = std::min(1.1 * wanted, scaled),
                      .model = "throughput grows with the limit (utilization law) up to the rate asked for; low: 15 % lost to what is not CPU"};
  return finding;
}
}  // namespace headroom::analyze
