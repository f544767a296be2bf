// How scores become probabilities.
#pragma once
#include <algorithm>
#include <cmath>
#include <span>

#include "model/sums.h"

namespace headroom::model {
/// What a row of only zero probabilities becomes when it is divided by its sum: NaN, or equal shares.
enum class ZeroRow : std::uint8_t { nan, uniform };

/// scipy.special.expit.
[[nodiscard]] inline double logistic(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

/// sklearn.utils.extmath.softmax of one row, in place. row is not empty.
inline void softmax(std::span<double> row) noexcept {
  const double largest = *std::ranges::max_element(row);
  for (double& value : row) value = std::exp(value - largest);
  const double sum = numpy_sum({row.data(), row.size()});
  for (double& value : row) value /= sum;
}

/// Divides a row of values ≥ 0 by its sum.
inline void normalise(std::span<double> row, ZeroRow zero_row) noexcept {
  const double sum = numpy_sum({row.data(), row.size()});
  const bool make_uniform = sum == 0 && zero_row == ZeroRow::uniform;
  for (double& p : row) p = make_uniform ? 1.0 / static_cast<double>(row.size()) : p / sum;
}

/// scipy.special.logsumexp of one row. row is not empty.
[[nodiscard]] inline double log_sum_exp(std::span<const double> row) noexcept {
  double largest = *std::ranges::max_element(row);
  if (!std::isfinite(largest)) largest = 0;
  double sum = 0;
  for (const double value : row) sum += std::exp(value - largest);
  return std::log(sum) + largest;
}
}  // namespace headroom::model
