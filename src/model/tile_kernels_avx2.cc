// Compiled for AVX2, BMI and BMI2.
#if defined(__x86_64__)
#include <immintrin.h>

#include "model/tile_kernels.h"

namespace headroom::model {
namespace {
/// tables: sixteen inputs each.
template <unsigned tables>
struct Bytes {
  using Value = std::uint8_t;
  static constexpr std::size_t kRowLength = tables == 4 ? 64 : 32;
  static std::size_t keep(const std::uint8_t* is_over, std::size_t n, std::uint8_t* open) noexcept {
    std::size_t kept = 0;
    for (std::size_t first = 0; first < n; first += 32) {
      auto stay = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_load_si256(reinterpret_cast<const __m256i*>(is_over + first))));
      if (n - first < 32) stay = _bzhi_u32(stay, static_cast<unsigned>(n - first));
      for (; stay != 0; stay = _blsr_u32(stay)) open[kept++] = open[first + _tzcnt_u32(stay)];
    }
    return kept;
  }
  struct Row {
    explicit Row(const std::int8_t* values) noexcept {
      for (unsigned i = 0; i < tables; ++i) table[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(values + std::size_t{16} * i));
    }
    __m128i table[tables];
  };
  static std::uint64_t above(const Row& row, const TopThresholds<Value>& thresholds, const TopInputs<Value>& inputs) noexcept {
    return half(row, thresholds.threshold, inputs.input) | std::uint64_t{half(row, thresholds.threshold + 32, inputs.input + 32)} << 32U;
  }
  static std::uint32_t above(const Row& row, const Tile<Value>& tile) noexcept {
    const __m128i values = pick(row, _mm_load_si128(reinterpret_cast<const __m128i*>(tile.input)));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpgt_epi8(values, _mm_load_si128(reinterpret_cast<const __m128i*>(tile.threshold)))));
  }
  static std::uint64_t highest_bits(std::uint64_t bits) noexcept { return _pext_u64(bits, 0x8080808080808080U); }

 private:
  static std::uint32_t half(const Row& row, const std::int8_t* thresholds, const std::uint8_t* inputs) noexcept {
    const __m256i picked = pick(row, _mm256_load_si256(reinterpret_cast<const __m256i*>(inputs)));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(picked, _mm256_load_si256(reinterpret_cast<const __m256i*>(thresholds)))));
  }
  /// The values of as many inputs as a register holds.
  static __m128i pick(const Row& row, __m128i inputs) noexcept {
    const auto from = [&](unsigned i) { return _mm_shuffle_epi8(row.table[i], inputs); };
    if constexpr (tables == 1) {
      return from(0);
    } else {
      const __m128i bit4 = _mm_slli_epi16(inputs, 3);   // into the bit that a blend looks at
      const __m128i low = _mm_blendv_epi8(from(0), from(1), bit4);
      if constexpr (tables == 2) return low;
      else return _mm_blendv_epi8(low, _mm_blendv_epi8(from(2), from(3), bit4), _mm_slli_epi16(inputs, 2));
    }
  }
  static __m256i pick(const Row& row, __m256i inputs) noexcept {
    const auto from = [&](unsigned i) { return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(row.table[i]), inputs); };
    if constexpr (tables == 1) {
      return from(0);
    } else {
      const __m256i bit4 = _mm256_slli_epi16(inputs, 3);
      const __m256i low = _mm256_blendv_epi8(from(0), from(1), bit4);
      if constexpr (tables == 2) return low;
      else return _mm256_blendv_epi8(low, _mm256_blendv_epi8(from(2), from(3), bit4), _mm256_slli_epi16(inputs, 2));
    }
  }
};
}  // namespace

TileKernels<std::uint8_t> byte_tiles_avx2(std::size_t n_inputs) noexcept;
TileKernels<std::uint8_t> byte_tiles_avx2(std::size_t n_inputs) noexcept {
  return n_inputs <= 16 ? kernels_of<Bytes<1>>("AVX2") : n_inputs <= 32 ? kernels_of<Bytes<2>>("AVX2") : kernels_of<Bytes<4>>("AVX2");
}
}  // namespace headroom::model
#endif
