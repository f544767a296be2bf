// Floats as the whole numbers that trees compare.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "model/grove.h"

namespace headroom::model {
/// Floats without thresholds of their own: the interface of Codes.
struct OrderedFloats {
  [[nodiscard]] static std::size_t bytes() noexcept { return 0; }
  [[nodiscard]] static std::uint32_t of_threshold(std::size_t, float value) noexcept { return std::isnan(value) ? 0 : ordered_bits(value); }
  void encode(const float* inputs, std::uint32_t* out) const noexcept {
    for (std::size_t j = 0; j < width; ++j) out[j] = std::isnan(inputs[j]) ? kMissingRight : ordered_bits(inputs[j]);
  }
  std::size_t width;
};
}  // namespace headroom::model
