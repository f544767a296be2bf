#include "analyze/table.h"

#include "analyze/words.h"

namespace headroom::analyze {
const std::vector<std::string>& table_head() {
  static const std::vector<std::string> head{"load", "requests/s", "mean", "p50", "p95", "p99", "success", "pods", "bottleneck"};
  return head;
}

std::vector<std::string> table_row(const StepRow& step) {
  const std::string load = step.label.empty() ? (step.users > 0 ? count_of(step.users, "user") : number(step.rate) + "/s") : step.label;
  if (!step.counted()) return {load, "–", "–", "–", "–", "–", "–", "–", "not counted: no steady second"};
  std::string pods = "–";
  if (step.replicas.from >= 0) {
    pods = std::to_string(step.replicas.from);
    if (step.replicas.to != step.replicas.from) pods += " → " + std::to_string(step.replicas.to);
  }
  return {load,
          number(step.rps),
          time_text(step.mean_ms),
          time_text(step.p50_ms),
          time_text(step.p95_ms),
          time_text(step.p99_ms),
          percent(step.success),
          pods,
          step.cause == "none" ? "none" : step.cause};
}
}  // namespace headroom::analyze
