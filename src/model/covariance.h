// Kernels of Gaussian processes: small expressions of covariance functions.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom::model {
/// Nodes in postfix order: a sum or product takes the two values before it, a power the one.
class Covariance {
 public:
  enum class Kind : std::uint8_t { constant, white, rbf, matern, rational_quadratic, periodic, dot, sum, product, power };
  struct Node {
    Kind kind;
    double a = 0;                      // value, noise level, nu, alpha, periodicity, sigma_0, exponent
    std::vector<double> length_scale;  // one, or one a feature
  };
  static constexpr std::size_t kMaxStack = 32;

  /// nodes: a valid expression of at most kMaxStack pending values; matern's nu is 0.5, 1.5, 2.5 or infinity.
  explicit Covariance(std::vector<Node> nodes = {}) : nodes_(std::move(nodes)) {}

  /// k(x, y) of two different rows (white noise is 0 between them), n values each.
  [[nodiscard]] double operator()(const double* x, const double* y, std::size_t n) const noexcept;
  /// k(x, x) of a row with itself.
  [[nodiscard]] double variance(const double* x, std::size_t n) const noexcept;
  /// Source: sklearn.gaussian_process.kernels.

 private:
  [[nodiscard]] double evaluate(const double* x, const double* y, std::size_t n, bool same) const noexcept;
  std::vector<Node> nodes_;
};
}  // namespace headroom::model
