#include <algorithm>

#include "analyze/finding.h"

namespace headroom::analyze {
// Each in a file of its own name.
std::optional<Finding> find_generator(const Scene& scene);
std::optional<Finding> find_replicas(const Scene& scene);
std::optional<Finding> find_cpu_throttling(const Scene& scene);
std::optional<Finding> find_scale_up_lag(const Scene& scene);
std::optional<Finding> find_cpu(const Scene& scene);  // cpu-inference or cpu-preparation
std::optional<Finding> find_noisy_neighbour(const Scene& scene);

namespace {
constexpr Rule kRules[] = {
    find_generator, find_replicas, find_cpu_throttling, find_scale_up_lag, find_cpu, find_noisy_neighbour,
};
}  // namespace

std::vector<Finding> find_all(const Scene& scene) {
  std::vector<Finding> found;
  for (const Rule rule : kRules) {
    auto finding = rule(scene);
    if (!finding) continue;
    finding->part = scene.part.name;
    finding->at = scene.step.label;
    found.push_back(std::move(*finding));
  }
  std::stable_sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) {
    const bool a_vetoes = a.cause == "generator", b_vetoes = b.cause == "generator";
    return a_vetoes != b_vetoes ? a_vetoes : a.confidence > b.confidence;
  });
  return found;
}
}  // namespace headroom::analyze
