// How many replicas one metric asks for, before stabilization and limits. Source: replica_calculator.go, step by step.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "hpa/pods.h"

namespace headroom::hpa {
/// Shares of the target within which nothing is done; both bounds belong to the band.
struct Tolerance {
  double down = 0.1;
  double up = 0.1;
  [[nodiscard]] bool holds(double ratio) const { return 1.0 - down <= ratio && ratio <= 1.0 + up; }
};
[[nodiscard]] Tolerance tolerance_of(const Spec& spec, const Controller& controller);

/// What every calculation below needs beside the metric.
struct Crowd {
  std::span<const Pod> pods;
  std::int32_t current = 0;  // scale.spec.replicas
  Tolerance tolerance;
  const Controller& controller;
  Instant now{};
};

struct Recommended {
  std::int32_t replicas = 0;
  std::int32_t utilization_pct = 0;  // utilization only
  std::int64_t average_m = 0;        // as reported in the status
};
using Recommendable = expected<Recommended, std::string>;  // the error is upstream's text

/// Share of the pods' requests. target_pct > 0.
[[nodiscard]] Recommendable by_utilization(PodMetrics metrics, std::string_view resource, std::string_view container,
                                           std::int64_t target_pct, const Crowd& crowd);
/// Average over the pods. is_cpu: the metric is the CPU resource.
[[nodiscard]] Recommendable by_average(PodMetrics metrics, bool is_cpu, std::int64_t target_m, const Crowd& crowd);
/// Value of an object or the sum of an external metric against a target, times the serving pods. capped: at 2^31-1.
[[nodiscard]] Recommendable by_value(std::int64_t usage_m, std::int64_t target_m, const Crowd& crowd);
/// The same shared out over status.replicas.
[[nodiscard]] Recommendable by_value_per_pod(std::int64_t usage_m, std::int64_t target_m, std::int32_t status_replicas, bool capped,
                                             const Crowd& crowd);

/// Go's conversions on amd64, where upstream's out-of-range results are made: they count as recorded behaviour.
[[nodiscard]] std::int64_t go_int64(double value);
[[nodiscard]] std::int32_t go_int32(double value);
}  // namespace headroom::hpa
