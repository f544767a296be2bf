// Kernel functions of support vector machines and kernel regression.
#pragma once
#include <cstddef>
#include <cstdint>

namespace headroom::model {
/// linear x·y; poly (γ x·y + c)^d; rbf exp(−γ ‖x − y‖²); sigmoid tanh(γ x·y + c); laplacian exp(−γ ‖x − y‖₁);
/// cosine x·y / (‖x‖ ‖y‖).
struct Kernel {
  enum class Kind : std::uint8_t { linear, poly, rbf, sigmoid, laplacian, cosine };
  Kind kind = Kind::linear;
  double gamma = 0;
  double coef0 = 0;
  double degree = 3;
  bool whole_degree = true;   // degree is an integer, raised by repeated squaring as libsvm does; else by pow

  /// x, y: n values each. Source: sklearn's svm/src/libsvm/svm.cpp Kernel::k_function; sklearn.metrics.pairwise.
  [[nodiscard]] double operator()(const double* x, const double* y, std::size_t n) const noexcept;
};
}  // namespace headroom::model
