// The autoscaler was still adding replicas while the step was measured: the shortage is one of time, not of size.
#include "analyze/finding.h"
#include "analyze/words.h"

namespace headroom::analyze {
std::optional<Finding> find_scale_up_lag(const Scene& scene) {
  const auto& step = scene.step;
  const auto& replicas = step.replicas;
  if (!replicas.hpa || replicas.from < 0 || replicas.to <= replicas.from) return std::nullopt;
  bool recovered = false;  // a later level, at least as high, was held
  for (const auto& other : scene.part.steps) {
    recovered = recovered || (other.start_ns > step.start_ns && other.counted() && other.broke.empty() && other.asked_rps() >= 0.95 * step.asked_rps());
  }
  if (replicas.at_max && !recovered) return std::nullopt;
  Finding finding;
  finding.cause = "scale-up-lag";
  finding.title = "Scale-up lag: the HPA went from " + std::to_string(replicas.from) + " to " + count_of(replicas.to, "replica") +
                  " while this step ran" + (recovered ? ", and higher load was held afterwards" : "");
  finding.confidence = Weighing().fact(4, recovered).fact(2, replicas.short_share > 0).fact(1, step.cpu.known && step.cpu.busiest_share >= 0.85).confidence();
  finding.evidence = {{"replicas at the start of the step", static_cast<double>(replicas.from), "pods", "replica_events"},
                      {"replicas at its end", static_cast<double>(replicas.to), "pods", "replica_events"},
                      {"passes with fewer ready than desired", replicas.short_share * 100, "%", "hpa_passes"}};
  if (step.cpu.known) finding.evidence.push_back({"busiest pod, of its limit", step.cpu.busiest_share * 100, "%", "replica_samples"});
  finding.fix = "Raise minReplicas to " + std::to_string(replicas.to) + " ahead of such a rise, or lower the CPU target so that the HPA starts earlier.";
  return finding;
}
}  // namespace headroom::analyze
