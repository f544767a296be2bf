// Dot products with a row and exponentials, for each instruction set; all give the same bits.
#pragma once
#include <cstddef>
#include <span>

#include "base/matrix_view.h"

namespace headroom::model {
inline constexpr std::size_t kDotsTogether = 4;   // dot products with the same row

/// What a few dot products with the same row need. weights: [n, kDotsTogether]; start: [kDotsTogether].
struct Dots {
  const double* weights;
  const double* start;
  std::size_t n;
};

struct LinearKernels {
  const char* name;   // "AVX2"
  /// out[k] = Σ row[i]·weights[i][k] + start[k]: four partial sums, of i modulo 4, without fused multiply-add, added as (0 + 2) + (1 + 3), and
  /// start last. out: [kDotsTogether].
  void (*dots)(const Dots& dots, const double* row, double* out) noexcept;
  /// Softmax of the first `classes` ≤ kDotsTogether dot products of each row, as it is with `exps`. rows: [count, n]. out: [count, classes].
  void (*softmaxes)(const Dots& dots, std::size_t classes, MatrixView<const double> rows, double* out) noexcept;
  /// e^x in place, for values ≤ 709; within 1 ulp.
  void (*exps)(double* values, std::size_t n) noexcept;
};

/// Those that this processor can run, the fastest last.
[[nodiscard]] std::span<const LinearKernels> linear_kernels() noexcept;
}  // namespace headroom::model
