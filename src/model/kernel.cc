#include "model/kernel.h"

#include <cmath>

#include "model/sums.h"

namespace headroom::model {
namespace {
double power(double base, int exponent) noexcept {
  double result = 1.0;
  for (int left = exponent; left > 0; left /= 2) {
    if (left % 2 == 1) result *= base;
    base *= base;
  }
  return result;
}

double squared_distance(const double* x, const double* y, std::size_t n) noexcept {
  constexpr std::size_t kLanes = 8;
  double lane[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) lane[k] += (x[i + k] - y[i + k]) * (x[i + k] - y[i + k]);
  }
  for (std::size_t k = 0; i < n; ++i, ++k) lane[k] += (x[i] - y[i]) * (x[i] - y[i]);
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

double absolute_distance(const double* x, const double* y, std::size_t n) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::fabs(x[i] - y[i]);
  return sum;
}

/// A vector of zeros has no direction; sklearn.preprocessing.normalize divides it by 1.
double length(const double* x, std::size_t n) noexcept {
  const double norm = std::sqrt(dot(x, x, n));
  return norm == 0 ? 1.0 : norm;
}
}  // namespace

double Kernel::operator()(const double* x, const double* y, std::size_t n) const noexcept {
  switch (kind) {
    case Kind::linear: return dot(x, y, n);
    case Kind::poly: {
      const double base = gamma * dot(x, y, n) + coef0;
      return whole_degree ? power(base, static_cast<int>(degree)) : std::pow(base, degree);
    }
    case Kind::rbf: return std::exp(-gamma * squared_distance(x, y, n));
    case Kind::sigmoid: return std::tanh(gamma * dot(x, y, n) + coef0);
    case Kind::laplacian: return std::exp(-gamma * absolute_distance(x, y, n));
    case Kind::cosine: return dot(x, y, n) / (length(x, n) * length(y, n));
  }
  return 0;
}
}  // namespace headroom::model
