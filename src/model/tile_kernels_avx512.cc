// Compiled for AVX-512 with VBMI and VBMI2.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#include <utility>

#include "model/tile_kernels.h"

namespace headroom::model {
namespace {
inline std::size_t keep_open(const std::uint8_t* is_over, std::size_t n, std::uint8_t* open) noexcept {
  std::size_t kept = 0;
  for (std::size_t first = 0; first < n; first += 64) {
    std::uint64_t stay = ~_mm512_movepi8_mask(_mm512_load_si512(is_over + first));
    if (n - first < 64) stay = _bzhi_u64(stay, static_cast<unsigned>(n - first));
    _mm512_storeu_si512(open + kept, _mm512_maskz_compress_epi8(stay, _mm512_load_si512(open + first)));
    kept += static_cast<std::size_t>(_mm_popcnt_u64(stay));
  }
  return kept;
}

template <std::size_t row_length>
struct Bytes {
  using Value = std::uint8_t;
  static constexpr std::size_t kRowLength = row_length;
  static std::size_t keep(const std::uint8_t* is_over, std::size_t n, std::uint8_t* open) noexcept { return keep_open(is_over, n, open); }
  struct Row {
    explicit Row(const std::int8_t* values) noexcept {
      if constexpr (row_length == 64) table = _mm512_loadu_si512(values);
      else table = _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(values)));
    }
    __m512i table;
  };
  static std::uint64_t above(const Row& row, const TopThresholds<Value>& thresholds, const TopInputs<Value>& inputs) noexcept {
    return _mm512_cmpgt_epi8_mask(_mm512_permutexvar_epi8(_mm512_load_si512(inputs.input), row.table), _mm512_load_si512(thresholds.threshold));
  }
  static std::uint32_t above(const Row& row, const Tile<Value>& tile) noexcept {
    const __m128i inputs = _mm_load_si128(reinterpret_cast<const __m128i*>(tile.input));
    __m128i values;
    if constexpr (row_length == 64) values = _mm512_castsi512_si128(_mm512_permutexvar_epi8(_mm512_castsi128_si512(inputs), row.table));
    else values = _mm256_castsi256_si128(_mm256_permutexvar_epi8(_mm256_castsi128_si256(inputs), _mm512_castsi512_si256(row.table)));
    return _mm_cmpgt_epi8_mask(values, _mm_load_si128(reinterpret_cast<const __m128i*>(tile.threshold)));
  }
  static std::uint64_t highest_bits(std::uint64_t bits) noexcept { return _pext_u64(bits, 0x8080808080808080U); }
};

typedef std::int32_t Sixteen __attribute__((vector_size(64)));

/// Swaps the lower halves of the second half of each group of 2·step lanes of `a` for the first halves of `b`: a stage of a transposition.
template <int step, int... k>
inline void swap_halves(Sixteen& a, Sixteen& b, std::integer_sequence<int, k...>) noexcept {
  const Sixteen first = __builtin_shufflevector(a, b, (k / step % 2 == 0 ? k : 16 + k - step)...);
  b = __builtin_shufflevector(a, b, (k / step % 2 == 0 ? k + step : 16 + k)...);
  a = first;
}
template <int step>
inline void stage(Sixteen* rows) noexcept {
#pragma GCC unroll 16
  for (int i = 0; i < 16; ++i) {
    if (i / step % 2 == 0) swap_halves<step>(rows[i], rows[i + step], std::make_integer_sequence<int, 16>());
  }
}

template <std::size_t row_length>
struct Words {
  using Value = std::uint32_t;
  static constexpr std::size_t kRowLength = row_length;
  static std::size_t keep(const std::uint8_t* is_over, std::size_t n, std::uint8_t* open) noexcept { return keep_open(is_over, n, open); }
  struct Row {
    explicit Row(const std::int32_t* values) noexcept : low(_mm512_loadu_si512(values)) {
      if constexpr (row_length == 32) high = _mm512_loadu_si512(values + 16);
    }
    __m512i low, high;
  };
  static std::uint32_t above(const Row& row, const TopThresholds<Value>& thresholds, const TopInputs<Value>& inputs) noexcept {
    return half(row, thresholds.threshold, inputs.input) | half(row, thresholds.threshold + 16, inputs.input + 16) << 16U;
  }
  static std::uint32_t above(const Row& row, const Tile<Value>& tile) noexcept {
    const __m256i inputs = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(tile.input)));
    const __m256i values = _mm512_castsi512_si256(pick(row, _mm512_castsi256_si512(inputs)));
    return _mm256_cmpgt_epi32_mask(values, _mm256_load_si256(reinterpret_cast<const __m256i*>(tile.threshold)));
  }

  static void transpose(const std::int32_t* rows, std::int32_t* columns) noexcept {
    for (std::size_t j = 0; j < row_length; j += 16) {
      for (std::size_t i = 0; i < 64; i += 16) {
        Sixteen block[16];
        for (std::size_t k = 0; k < 16; ++k) std::memcpy(&block[k], rows + (i + k) * row_length + j, sizeof(Sixteen));
        stage<1>(block);
        stage<2>(block);
        stage<4>(block);
        stage<8>(block);
        for (std::size_t k = 0; k < 16; ++k) std::memcpy(columns + (j + k) * 64 + i, &block[k], sizeof(Sixteen));
      }
    }
  }

 private:
  static __m512i pick(const Row& row, __m512i inputs) noexcept {
    if constexpr (row_length == 32) return _mm512_permutex2var_epi32(row.low, inputs, row.high);
    else return _mm512_permutexvar_epi32(inputs, row.low);
  }
  static std::uint32_t half(const Row& row, const std::int32_t* thresholds, const std::uint8_t* inputs) noexcept {
    const __m512i picked = pick(row, _mm512_cvtepu8_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(inputs))));
    return _mm512_cmpgt_epi32_mask(picked, _mm512_load_si512(thresholds));
  }
};
}  // namespace

TileKernels<std::uint8_t> byte_tiles_avx512(std::size_t n_inputs) noexcept;
TileKernels<std::uint8_t> byte_tiles_avx512(std::size_t n_inputs) noexcept { return n_inputs <= 32 ? kernels_of<Bytes<32>>("AVX-512") : kernels_of<Bytes<64>>("AVX-512"); }
TileKernels<std::uint32_t> word_tiles_avx512(std::size_t n_inputs) noexcept;
TileKernels<std::uint32_t> word_tiles_avx512(std::size_t n_inputs) noexcept { return n_inputs <= 16 ? kernels_of<Words<16>>("AVX-512") : kernels_of<Words<32>>("AVX-512"); }
}  // namespace headroom::model
#endif
