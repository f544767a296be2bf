#include "model/grove_top_kernel.h"

#include <array>

namespace headroom::model {
#if defined(__x86_64__)
extern const TopKernels kTopKernelsAvx2, kTopKernelsAvx512;   // grove_top_avx2.cc, grove_top_avx512.cc
#endif

std::span<const TopKernels> top_kernels() noexcept {
  static const auto all = [] {
    std::array<TopKernels, 3> found{};
    std::size_t count = 0;
    found[count++] = kernels_of<16>("128 bits");   // SSE2, NEON: every processor of these kinds has them
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) found[count++] = kTopKernelsAvx2;
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) found[count++] = kTopKernelsAvx512;
#endif
    return std::pair(found, count);
  }();
  return std::span(all.first).first(all.second);
}
}  // namespace headroom::model
