// Too few replicas: every pod works at its limit and the autoscaler may not add more, or there is none.
#include <algorithm>
#include <cmath>

#include "analyze/finding.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
constexpr double kSaturated = 0.85;  // of what the pods' limits allow together
constexpr double kStopped = 0.7;     // enough when the pods are throttled in a quarter of their periods: idle in between, then stopped
constexpr double kComfort = 0.8;     // what the fix aims at, so that the queues stay short

/// Utilization law: pods · limit · comfort = rate · CPU per request.
int wanted_replicas(const StepRow& step, double rps) {
  return static_cast<int>(std::ceil(rps * step.cpu.us_per_request * 1e-6 / (kComfort * step.cpu.pod_limit_cores)));
}

bool saturated(const Cpu& cpu) {
  return cpu.utilization() >= kSaturated || (cpu.utilization() >= kStopped && cpu.throttled_share >= 0.25);
}

Gain gain_of(const StepRow& step, int replicas, double asked) {
  const double scaled = step.rps * replicas / std::max(1, step.replicas.to);
  return {.metric = "rps", .from = step.rps, .to = std::min(asked, scaled), .low = std::min(asked, 0.85 * scaled), .high = std::min(1.1 * asked, scaled),
          .model = "throughput grows with the pods' CPU (utilization law) up to the rate asked for; low: 15 % lost to imbalance"};
}
}  // namespace

std::optional<Finding> find_replicas(const Scene& scene) {
  const auto& step = scene.step;
  const auto& cpu = step.cpu;
  if (!cpu.known || cpu.limit_cores <= 0 || step.replicas.to < 1 || !saturated(cpu)) return std::nullopt;
  if (step.replicas.hpa && !step.replicas.at_max) return std::nullopt;  // it can still add some: scale-up lag or throttling
  if (!step.replicas.hpa && step.replicas.to == 1) return std::nullopt;  // one pod at its limit: that is throttling

  const double asked = std::max(step.asked_rps(), step.rps);
  const int wanted = std::max(step.replicas.to + 1, wanted_replicas(step, asked));
  Finding finding;
  finding.cause = "replicas";
  finding.title = "Too few replicas: " + count_of(step.replicas.to, "pod") + " of " + millicores(cpu.pod_limit_cores) + " CPU work at " +
                  percent(cpu.utilization()) + " of their limit" + (step.replicas.hpa ? ", and the HPA is at its maximum" : ", and no HPA adds more");
  finding.confidence = Weighing()
                           .fact(3, cpu.utilization() >= 0.9)
                           .fact(2, step.rps < 0.95 * asked)
                           .fact(2, cpu.throttled_share >= 0.05)
                           .fact(1, step.replicas.hpa)
                           .confidence();
  finding.evidence = {{"CPU of all pods, of their limits", cpu.utilization() * 100, "%", "replica_samples"},
                      {"replicas at the end of the step", static_cast<double>(step.replicas.to), "pods", "replica_events"},
                      {"CPU per request", cpu.us_per_request, "µs", "replica_samples, client_seconds"},
                      {"rate asked for", asked, "requests/s", "steps, client_seconds"},
                      {"rate given", step.rps, "requests/s", "client_seconds"},
                      {"throttled periods", cpu.throttled_share * 100, "%", "replica_samples"}};
  finding.fix = (step.replicas.hpa ? "Raise maxReplicas to " : "Run ") + std::to_string(wanted) + (step.replicas.hpa ? "" : " replicas (or use an HPA)") +
                ", or raise the pods' CPU limit.";
  finding.gain = gain_of(step, wanted, asked);
  return finding;
}
}  // namespace headroom::analyze
