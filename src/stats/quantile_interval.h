// How far a measured quantile can be trusted: a confidence interval that assumes nothing of the distribution but independent values.
#pragma once
#include <cstdint>
#include <optional>

#include "stats/histogram.h"

namespace headroom::stats {
/// Ranks (from 1) of the order statistics between which the true q-quantile lies with at least `confidence`.
/// A side that no value bounds (too few values beyond it) is none: 100 values have no upper bound for p99.9.
/// Source: David and Nagaraja, Order Statistics, 7.1: P(X(l) ≤ ξ < X(u)) = P(l ≤ B < u), B binomial(n, q). Equal tails, exact sums.
struct RankInterval {
  std::optional<std::uint64_t> lower, upper;
};
/// n < 2^40; 0 < q < 1; 0 < confidence < 1 (CHECKed).
[[nodiscard]] RankInterval quantile_ranks(std::uint64_t n, double q, double confidence);

struct QuantileInterval {
  std::int64_t value = 0;
  std::optional<std::int64_t> lower, upper;
};
[[nodiscard]] QuantileInterval quantile_interval(const Histogram& histogram, double q, double confidence);
}  // namespace headroom::stats
