// Compiled for AVX2 and BMI2: nothing here may be shared with other files, or the linker could give them code that their processor does not have.
#if defined(__x86_64__)
#include <immintrin.h>

#include "model/row_top.h"

namespace headroom::model {
namespace {
/// A small tree's decisions, bit k its k-th node's in heap order, as the path of three levels that they make.
struct Paths {
  std::uint8_t of[256];
};
constexpr Paths kPaths = [] {
  Paths paths{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    const unsigned first = bits & 1U, second = bits >> (1 + first) & 1U, third = bits >> (3 + 2 * first + second) & 1U;
    paths.of[bits] = static_cast<std::uint8_t>(4 * first + 2 * second + third);
  }
  return paths;
}();

/// The codes of the inputs of 32 nodes. tables: sixteen inputs each, in both halves of a register.
template <unsigned tables>
inline __m256i pick(const __m256i* table, __m256i inputs) {
  if constexpr (tables == 1) {
    return _mm256_shuffle_epi8(table[0], inputs);
  } else {
    const __m256i bit4 = _mm256_slli_epi16(inputs, 3);   // into the bit that a blend looks at
    const __m256i low = _mm256_blendv_epi8(_mm256_shuffle_epi8(table[0], inputs), _mm256_shuffle_epi8(table[1], inputs), bit4);
    if constexpr (tables == 2) {
      return low;
    } else {
      const __m256i high = _mm256_blendv_epi8(_mm256_shuffle_epi8(table[2], inputs), _mm256_shuffle_epi8(table[3], inputs), bit4);
      return _mm256_blendv_epi8(low, high, _mm256_slli_epi16(inputs, 2));
    }
  }
}

template <unsigned tables>
void run(const RowTops::Tree* trees, std::size_t count, const std::uint8_t* codes, std::uint8_t* exits) noexcept {
  __m256i table[tables];
  for (unsigned i = 0; i < tables; ++i) {
    const __m128i sixteen = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes + std::size_t{16} * i)), _mm_set1_epi8(-128));
    table[i] = _mm256_broadcastsi128_si256(sixteen);
  }
  const auto above = [&table](const RowTops::Tree& tree, unsigned first) {
    const __m256i inputs = _mm256_load_si256(reinterpret_cast<const __m256i*>(tree.input + first));
    const __m256i thresholds = _mm256_load_si256(reinterpret_cast<const __m256i*>(tree.threshold + first));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpgt_epi8(pick<tables>(table, inputs), thresholds)));
  };
  for (std::size_t t = 0; t < count; ++t) {
    const std::uint64_t bits = above(trees[t], 0) | std::uint64_t{above(trees[t], 32)} << 32U;
    const std::uint64_t path = kPaths.of[_pext_u64(bits, 0x8080808080808080U)];
    exits[t] = static_cast<std::uint8_t>(8 * path + kPaths.of[bits >> (8 * path) & 0xffU]);
  }
}
}  // namespace

RowTops::Run row_tops_avx2(std::size_t n_inputs) noexcept;
RowTops::Run row_tops_avx2(std::size_t n_inputs) noexcept { return n_inputs <= 16 ? run<1> : n_inputs <= 32 ? run<2> : run<4>; }
}  // namespace headroom::model
#endif
