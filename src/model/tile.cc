#include "model/tile.h"

namespace headroom::model {
#if defined(__x86_64__)
extern TileKernels<std::uint8_t> byte_tiles_avx2(std::size_t n_inputs) noexcept;   // tile_kernels_avx2.cc
extern TileKernels<std::uint8_t> byte_tiles_avx512(std::size_t n_inputs) noexcept;                     // tile_kernels_avx512.cc
extern TileKernels<std::uint32_t> word_tiles_avx512(std::size_t n_inputs) noexcept;
#endif

template <>
std::size_t top_position<std::uint8_t>(std::size_t i) noexcept {
  if (i < 7) return 8 * i + 7;
  std::size_t level = 3, first = 7;   // of the node, and the level's first node
  while (i >= 2 * first + 1) {
    first = 2 * first + 1;
    ++level;
  }
  const std::size_t below = level - 3;                 // levels under the small tree's root
  const std::size_t subtree = (i - first) >> below;
  const std::size_t in_level = (i - first) & ((std::size_t{1} << below) - 1);
  return 8 * subtree + ((std::size_t{1} << below) - 1) + in_level;
}
template <>
std::size_t top_position<std::uint32_t>(std::size_t i) noexcept {
  if (i < 7) return i;
  if (i < 15) return 7 + 3 * (i - 7);
  return 7 + 3 * ((i - 15) / 2) + 1 + (i - 15) % 2;
}

template <class Value>
std::vector<TileKernels<Value>> tile_kernels(std::size_t n_inputs) {
  std::vector<TileKernels<Value>> found;
  if (n_inputs > kTileInputs<Value>) return found;
#if defined(__x86_64__)
  const bool bmi = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool avx512 = bmi && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
  if constexpr (sizeof(Value) == 1) {
    if (__builtin_cpu_supports("avx2") && bmi) found.push_back(byte_tiles_avx2(n_inputs));
    if (avx512) found.push_back(byte_tiles_avx512(n_inputs));
  } else {
    if (avx512) found.push_back(word_tiles_avx512(n_inputs));
  }
#endif
  return found;
}

template std::vector<TileKernels<std::uint8_t>> tile_kernels(std::size_t);
template std::vector<TileKernels<std::uint32_t>> tile_kernels(std::size_t);
}  // namespace headroom::model
