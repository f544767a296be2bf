// numpy.argpartition: which k values are the smallest, and in what order they stand.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace headroom::model {
/// The order decides the last bit of a sum over the k, and between equal values who is among them. It is that of numpy's release.
enum class Partition : std::uint8_t {
  introselect,   // numpy 1, on every processor
  vectors,       // numpy 2 on x86 with AVX2 or AVX-512: the k stand sorted. Which of equal values come first depends there on the
                 // processor; here it is the first in `values`
};

/// Writes to the first k of `order` the indexes of the k smallest of `values`; NaN counts as the largest.
/// order: as many as values; overwritten. 1 ≤ k ≤ values.size() < 2³².
/// Sources: numpy/_core/src/npysort/selection.cpp; x86-simd-sort, argselect, which takes std::nth_element where there is a NaN.
void argpartition(std::span<const double> values, std::size_t k, std::span<std::uint32_t> order, Partition how) noexcept;
}  // namespace headroom::model
