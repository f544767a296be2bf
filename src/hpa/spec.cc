#include "hpa/spec.h"

#include <utility>

namespace headroom::hpa {
namespace {
Rules filled(Rules given, const Rules& defaults) {
  if (!given.window_s) given.window_s = defaults.window_s;
  if (given.policies.empty()) given.policies = defaults.policies;
  return given;
}
}  // namespace

Spec with_defaults(Spec given) {
  if (!given.min) given.min = 1;
  if (given.metrics.empty()) {
    given.metrics.push_back({.kind = MetricKind::resource, .name = "cpu", .target = TargetKind::utilization, .target_value = 80});
  }
  if (given.behavior) {
    const Policy pods{PolicyKind::pods, 4, 15};
    const Policy percent{PolicyKind::percent, 100, 15};
    given.behavior->up = filled(std::move(given.behavior->up), {.window_s = 0, .policies = {pods, percent}});
    given.behavior->down = filled(std::move(given.behavior->down), {.policies = {percent}});
  }
  return given;
}
}  // namespace headroom::hpa
