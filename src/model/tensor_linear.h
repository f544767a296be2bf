// ONNX's and ONNX-ML's dot products. Sums are kept in double and rounded once, so that an answer does not depend on the batch; they
// are within the rounding of ONNX Runtime's own, whose order of summation depends on the machine.
#pragma once
#include "base/matrix_view.h"
#include "model/onnx_scores.h"

namespace headroom::model {
/// Two floats or integers of any rank, as numpy.matmul.
[[nodiscard]] Kernel matmul_kernel();

struct GemmSpec {
  float alpha = 1, beta = 1;
  bool transpose_a = false, transpose_b = false;
};
/// a, b, c (optional, broadcast): alpha · a · b + beta · c.
[[nodiscard]] Kernel gemm_kernel(GemmSpec spec);

/// com.microsoft.CDist: [m, k], [n, k] → distances [m, n].
[[nodiscard]] Kernel distance_kernel(bool is_squared);

struct OnnxLinear {
  std::vector<float> coefficients;   // [intercepts, features]
  std::vector<float> intercepts;
  PostTransform transform = PostTransform::none;
  OnnxLabels labels;                 // of a classifier
};
/// x of numbers → labels [n], scores [n, classes] in float32. One score for two labels becomes 1 − s and s.
[[nodiscard]] Kernel linear_classifier_kernel(OnnxLinear spec);
/// → [n, intercepts].
[[nodiscard]] Kernel linear_regressor_kernel(OnnxLinear spec);

enum class SvmKernel : std::uint8_t { linear, poly, rbf, sigmoid };
struct OnnxSvm {
  SvmKernel kernel = SvmKernel::linear;
  float gamma = 0, coef0 = 0, degree = 0;
  std::size_t n_features = 0;
  std::size_t n_vectors = 0;              // 0: linear, coefficients are [classes, features]
  std::vector<float> vectors;             // [n_vectors, n_features]
  std::vector<float> coefficients;        // [classes − 1, n_vectors]
  std::vector<float> rho;                 // one a pair of classes
  std::vector<float> prob_a, prob_b;      // likewise, or none
  std::vector<std::int64_t> vectors_per_class;
  PostTransform transform = PostTransform::none;
  OnnxLabels labels;
  bool one_class = false;                 // a regressor's: 1 and −1
};
/// x of numbers → labels [n], scores: [n, classes], or [n, pairs] without probabilities.
[[nodiscard]] Kernel svm_classifier_kernel(OnnxSvm spec);
/// x of floats → [n, 1].
[[nodiscard]] Kernel svm_regressor_kernel(OnnxSvm spec);

/// x of numbers as float32 rows [n, columns]; false where it is no matrix of them. buffer: memory for other types than float.
[[nodiscard]] bool float_rows(const Tensor& x, std::vector<float>& buffer, MatrixView<const float>& rows);
}  // namespace headroom::model
