#include "model/linear_kernels.h"

#include <array>
#include <utility>

#include "model/linear_kernels_code.h"

namespace headroom::model {
#if defined(__x86_64__)
extern const LinearKernels kLinearKernelsAvx2, kLinearKernelsAvx512;   // linear_kernels_avx2.cc, linear_kernels_avx512.cc
#endif

std::span<const LinearKernels> linear_kernels() noexcept {
  static const auto all = [] {
    std::array<LinearKernels, 3> found{};
    std::size_t count = 0;
    found[count++] = {"128 bits", dots, softmaxes, exps};   // SSE2, NEON: every processor of these kinds has them
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) found[count++] = kLinearKernelsAvx2;
    if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) found[count++] = kLinearKernelsAvx512;
#endif
    return std::pair(found, count);
  }();
  return std::span(all.first).first(all.second);
}
}  // namespace headroom::model
