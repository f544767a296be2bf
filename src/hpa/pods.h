// Which pods count: ready, unready, missing and ignored ones, and what each of them requests.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "hpa/observation.h"
#include "hpa/spec.h"

namespace headroom::hpa {
/// One pod's value of one metric, in thousandths.
struct PodMetric {
  std::int64_t value_m = 0;
  Instant at{};
  Duration window{};
};
/// By pod name; the names are borrowed from the Observation.
using PodMetrics = std::map<std::string_view, PodMetric>;
using PodNames = std::set<std::string_view>;

struct PodGroups {
  int ready = 0;
  PodNames unready, missing, ignored;
};

/// is_cpu: the readiness and initialization rules hold for CPU alone. Source: replica_calculator.go, groupPods.
[[nodiscard]] PodGroups group_pods(std::span<const Pod> pods, const PodMetrics& metrics, bool is_cpu, const Controller& controller,
                                   Instant now);

/// Requests of every pod in thousandths. container: "" = the whole pod (sidecars included; pod-level requests win where they are
/// set). The error is upstream's text: one container without a request fails the metric.
[[nodiscard]] expected<std::map<std::string_view, std::int64_t>, std::string> pod_requests(std::span<const Pod> pods,
                                                                                           std::string_view resource,
                                                                                           std::string_view container,
                                                                                           bool pod_level);

/// Running and Ready, also while terminating: what Object and External values are multiplied with.
[[nodiscard]] int count_serving(std::span<const Pod> pods);
}  // namespace headroom::hpa
