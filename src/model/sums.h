// Sums in an order that is fixed, so that one row, a batch and every machine give the same bits.
#pragma once
#include <cstddef>
#include <span>

namespace headroom::model {
/// Σ a[i]·b[i] in eight partial sums without fused multiply-add: a vector unit may do them at once and cannot change the result.
[[nodiscard]] inline double dot(const double* a, const double* b, std::size_t n) noexcept {
  constexpr std::size_t kLanes = 8;
  double lane[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) lane[k] += a[i + k] * b[i + k];
  }
  for (std::size_t k = 0; i < n; ++i, ++k) lane[k] += a[i] * b[i];
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/// Σ values in numpy's order for a contiguous run (pairwise summation): left to right below 8, eight partial sums from 8 on, halves above 128.
[[nodiscard]] inline double numpy_sum(std::span<const double> values) noexcept {
  constexpr std::size_t kBlock = 128;
  const std::size_t n = values.size();
  if (n < 8) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (n > kBlock) {
    std::size_t half = n / 2;
    half -= half % 8;
    return numpy_sum(values.first(half)) + numpy_sum(values.subspan(half));
  }
  double r[8];
  for (std::size_t k = 0; k < 8; ++k) r[k] = values[k];
  std::size_t i = 8;
  for (; i + 8 <= n; i += 8) {
    for (std::size_t k = 0; k < 8; ++k) r[k] += values[i + k];
  }
  double sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
  for (; i < n; ++i) sum += values[i];
  return sum;
}
}  // namespace headroom::model
