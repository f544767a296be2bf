#include "stats/quantile_interval.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace headroom::stats {
namespace {
/// ln P(B = k), through the logarithm of the gamma function: n may be millions.
double log_probability(double n, double k, double q) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(q) + (n - k) * std::log1p(-q);
}
}  // namespace

RankInterval quantile_ranks(std::uint64_t n, double q, double confidence) {
  CHECK(n < std::uint64_t{1} << 40 && q > 0 && q < 1 && confidence > 0 && confidence < 1);
  if (n == 0) return {};
  const double count = static_cast<double>(n), tail = (1 - confidence) / 2;
  // Only what lies within 40 standard deviations can matter; below the first of these the probability is zero to a double.
  const double spread = 40 * std::sqrt(count * q * (1 - q)) + 40;
  const auto first = static_cast<std::uint64_t>(std::max(0.0, count * q - spread));
  const auto last = static_cast<std::uint64_t>(std::min(count, count * q + spread));
  RankInterval ranks;
  double below = 0;  // P(B < k)
  for (std::uint64_t k = first; k <= last; ++k) {
    if (below <= tail && k >= 1) ranks.lower = k;  // the largest l with P(B < l) ≤ tail
    if (below >= 1 - tail && k >= 1) {
      ranks.upper = k;  // the smallest u with P(B ≥ u) ≤ tail
      break;
    }
    below += std::exp(log_probability(count, static_cast<double>(k), q));
  }
  return ranks;
}

QuantileInterval quantile_interval(const Histogram& histogram, double q, double confidence) {
  const auto ranks = quantile_ranks(histogram.count(), q, confidence);
  const auto at = [&](std::uint64_t rank) { return histogram.quantile(static_cast<double>(rank) / static_cast<double>(histogram.count())); };
  QuantileInterval result{histogram.quantile(q), std::nullopt, std::nullopt};
  if (ranks.lower) result.lower = at(*ranks.lower);
  if (ranks.upper) result.upper = at(*ranks.upper);
  return result;
}
}  // namespace headroom::stats
