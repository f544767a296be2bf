// Where the bits of comparisons lead. As tile_kernels.h, included by a file for each instruction set: nothing here may be shared with other files.
#pragma once
#include "model/tile.h"

namespace headroom::model {
namespace {
/// Decisions, bit k the k-th node's in heap order, as the path of the levels that they make.
template <unsigned levels>
struct Paths {
  static constexpr unsigned kNodes = (1U << levels) - 1;
  std::uint8_t of[std::size_t{1} << (kNodes + (levels == 3 ? 1 : 0))];
  constexpr Paths() : of() {
    for (unsigned bits = 0; bits < sizeof(of); ++bits) {
      unsigned node = 0;
      for (unsigned level = 0; level < levels; ++level) node = 2 * node + 1 + (bits >> node & 1U);
      of[bits] = static_cast<std::uint8_t>(node - kNodes);
    }
  }
};
constexpr Paths<2> kPaths2;
constexpr Paths<3> kPaths3;   // of bytes, whose last bit says nothing

template <class Isa>
inline std::size_t path_of(const typename Isa::Row& row, const TopThresholds<std::uint8_t>& thresholds, const TopInputs<std::uint8_t>& inputs) noexcept {
  const std::uint64_t bits = Isa::above(row, thresholds, inputs);
  const std::uint64_t path = kPaths3.of[Isa::highest_bits(bits)];
  return 8 * path + kPaths3.of[bits >> (8 * path) & 0xffU];
}
template <class Isa>
inline std::size_t path_of(const typename Isa::Row& row, const TopThresholds<std::uint32_t>& thresholds, const TopInputs<std::uint32_t>& inputs) noexcept {
  const std::uint32_t bits = Isa::above(row, thresholds, inputs);
  const std::uint32_t path = kPaths3.of[bits & 0x7fU];
  return 4 * path + kPaths2.of[bits >> (7 + 3 * path) & 7U];
}
template <class Isa>
inline std::size_t path_of(const typename Isa::Row& row, const Tile<std::uint8_t>& tile) noexcept {
  const std::uint32_t bits = Isa::above(row, tile);
  const std::uint32_t path = kPaths3.of[bits & 0x7fU];
  return 2 * path + (bits >> (7 + path) & 1U);
}
template <class Isa>
inline std::size_t path_of(const typename Isa::Row& row, const Tile<std::uint32_t>& tile) noexcept {
  return kPaths3.of[Isa::above(row, tile)];
}
}  // namespace
}  // namespace headroom::model
