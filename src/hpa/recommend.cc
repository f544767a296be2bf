#include "hpa/recommend.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom::hpa {
namespace {
constexpr const char* kNoPods = "no pods returned by selector while calculating replica count";
constexpr std::int32_t kMostReplicas = std::numeric_limits<std::int32_t>::max();

struct Ratio {
  double value = 0;
  std::int32_t utilization_pct = 0;
  std::int64_t average_m = 0;
};

/// Sums wrap as upstream's do.
std::int64_t wrapped_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

expected<Ratio, std::string> utilization(const PodMetrics& metrics, const std::map<std::string_view, std::int64_t>& requests,
                                         std::int64_t target_pct) {
  std::int64_t used = 0;
  std::int64_t requested = 0;
  std::int64_t known = 0;
  for (const auto& [pod, metric] : metrics) {
    const auto request = requests.find(pod);
    if (request == requests.end()) continue;
    used = wrapped_sum(used, metric.value_m);
    requested = wrapped_sum(requested, request->second);
    ++known;
  }
  if (requested == 0) return unexpected(std::string("no metrics returned matched known pods"));
  const auto hundredfold = static_cast<std::int64_t>(static_cast<std::uint64_t>(used) * 100);
  // a whole percent, cut: 110.9 % of a 100 % target is inside a tolerance of 0.1
  const auto percent = static_cast<std::int32_t>(hundredfold / requested);
  return Ratio{static_cast<double>(percent) / static_cast<double>(target_pct), percent, used / known};
}

Ratio average(const PodMetrics& metrics, std::int64_t target_m) {
  std::int64_t total = 0;
  for (const auto& [pod, metric] : metrics) total = wrapped_sum(total, metric.value_m);
  const std::int64_t mean = total / static_cast<std::int64_t>(metrics.size());
  return {static_cast<double>(mean) / static_cast<double>(target_m), 0, mean};
}

expected<PodGroups, std::string> counted(PodMetrics& metrics, bool is_cpu, const Crowd& crowd) {
  if (crowd.pods.empty()) return unexpected(std::string(kNoPods));
  PodGroups groups = group_pods(crowd.pods, metrics, is_cpu, crowd.controller, crowd.now);
  for (const auto* names : {&groups.ignored, &groups.unready}) {
    for (const auto name : *names) metrics.erase(name);
  }
  if (metrics.empty()) {
    return unexpected(std::string("did not receive metrics for targeted pods (pods might be unready)"));
  }
  return groups;
}

/// The cautious second look: missing pods count as full when scaling down and as idle when scaling up, unready ones as idle; a
/// change of direction by that means no change. ratio_of: PodMetrics → expected<Ratio, text>; full: a missing pod's assumed value.
template <class RatioOf, class Full>
Recommendable with_absent(PodMetrics& metrics, const PodGroups& groups, const Crowd& crowd, RatioOf ratio_of, Full full) {
  const expected<Ratio, std::string> first = ratio_of(metrics);
  if (!first) return unexpected(first.error());
  Recommended result{crowd.current, first->utilization_pct, first->average_m};
  const bool up_with_unready = !groups.unready.empty() && first->value > 1.0;
  if (!up_with_unready && groups.missing.empty()) {
    if (!crowd.tolerance.holds(first->value)) result.replicas = go_int32(std::ceil(first->value * groups.ready));
    return result;
  }
  if (first->value != 1.0) {
    for (const auto name : groups.missing) metrics[name] = {.value_m = first->value < 1.0 ? full(name) : 0};
  }
  if (up_with_unready) {
    for (const auto name : groups.unready) metrics[name] = {};
  }
  const expected<Ratio, std::string> second = ratio_of(metrics);
  if (!second) return unexpected(second.error());
  const double before = first->value;
  const double after = second->value;
  if (crowd.tolerance.holds(after) || (before < 1.0 && after > 1.0) || (before > 1.0 && after < 1.0)) return result;
  const std::int32_t replicas = go_int32(std::ceil(after * static_cast<double>(metrics.size())));
  if ((after < 1.0 && replicas > crowd.current) || (after > 1.0 && replicas < crowd.current)) return result;
  result.replicas = replicas;
  return result;
}
}  // namespace

Tolerance tolerance_of(const Spec& spec, const Controller& controller) {
  Tolerance tolerance{controller.tolerance, controller.tolerance};
  if (!controller.configurable_tolerance || !spec.behavior) return tolerance;
  if (spec.behavior->down.tolerance) tolerance.down = spec.behavior->down.tolerance->approximate();
  if (spec.behavior->up.tolerance) tolerance.up = spec.behavior->up.tolerance->approximate();
  return tolerance;
}

Recommendable by_utilization(PodMetrics metrics, std::string_view resource, std::string_view container, std::int64_t target_pct,
                             const Crowd& crowd) {
  const auto groups = counted(metrics, resource == "cpu", crowd);
  if (!groups) return unexpected(groups.error());
  const auto requests = pod_requests(crowd.pods, resource, container, crowd.controller.pod_level_resources);
  if (!requests) return unexpected(requests.error());
  const auto full = [&](std::string_view pod) { return requests->at(pod) * std::max<std::int64_t>(100, target_pct) / 100; };
  return with_absent(metrics, *groups, crowd, [&](const PodMetrics& m) { return utilization(m, *requests, target_pct); }, full);
}

Recommendable by_average(PodMetrics metrics, bool is_cpu, std::int64_t target_m, const Crowd& crowd) {
  const auto groups = counted(metrics, is_cpu, crowd);
  if (!groups) return unexpected(groups.error());
  const auto ratio_of = [&](const PodMetrics& m) -> expected<Ratio, std::string> { return average(m, target_m); };
  return with_absent(metrics, *groups, crowd, ratio_of, [&](std::string_view) { return target_m; });
}

Recommendable by_value(std::int64_t usage_m, std::int64_t target_m, const Crowd& crowd) {
  const double ratio = static_cast<double>(usage_m) / static_cast<double>(target_m);
  Recommended result{crowd.current, 0, usage_m};
  if (crowd.current == 0) {
    result.replicas = go_int32(std::ceil(ratio));  // no tolerance, and upstream does not cap here
    return result;
  }
  if (crowd.tolerance.holds(ratio)) return result;
  if (crowd.pods.empty()) return unexpected(std::string("unable to calculate ready pods: ") + kNoPods);
  const double wanted = std::ceil(ratio * count_serving(crowd.pods));
  result.replicas = wanted > kMostReplicas ? kMostReplicas : go_int32(wanted);
  return result;
}

Recommendable by_value_per_pod(std::int64_t usage_m, std::int64_t target_m, std::int32_t status_replicas, bool capped,
                               const Crowd& crowd) {
  const auto usage = static_cast<double>(usage_m);
  const auto target = static_cast<double>(target_m);
  Recommended result{status_replicas, 0, go_int64(std::ceil(usage / static_cast<double>(status_replicas)))};
  if (!crowd.tolerance.holds(usage / (target * static_cast<double>(status_replicas)))) {
    const double wanted = std::ceil(usage / target);
    result.replicas = capped && wanted > kMostReplicas ? kMostReplicas : go_int32(wanted);
  }
  return result;
}

std::int64_t go_int64(double value) {
  constexpr double kEdge = 9223372036854775808.0;
  if (!(value >= -kEdge && value < kEdge)) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

std::int32_t go_int32(double value) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(go_int64(value))); }
}  // namespace headroom::hpa
