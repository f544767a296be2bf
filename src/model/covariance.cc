#include "model/covariance.h"

#include <array>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
using Kind = Covariance::Kind;

/// ‖x / scale − y / scale‖²
double squared_distance(const double* x, const double* y, std::size_t n, const std::vector<double>& scale) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double s = scale.size() == 1 ? scale[0] : scale[i];
    const double difference = x[i] / s - y[i] / s;
    sum += difference * difference;
  }
  return sum;
}

double plain_squared_distance(const double* x, const double* y, std::size_t n) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
  return sum;
}

double matern(double squared, double nu) noexcept {
  const double distance = std::sqrt(squared);
  if (nu == 0.5) return std::exp(-distance);
  if (nu == 1.5) {
    const double k = distance * std::sqrt(3.0);
    return (1.0 + k) * std::exp(-k);
  }
  if (nu == 2.5) {
    const double k = distance * std::sqrt(5.0);
    return (1.0 + k + k * k / 3.0) * std::exp(-k);
  }
  return std::exp(-(distance * distance) / 2.0);
}

double leaf(const Covariance::Node& node, const double* x, const double* y, std::size_t n, bool same) noexcept {
  switch (node.kind) {
    case Kind::constant: return node.a;
    case Kind::white: return same ? node.a : 0.0;
    case Kind::dot: return dot(x, y, n) + node.a * node.a;
    default: break;
  }
  if (same) return 1.0;   // the others are stationary
  if (node.kind == Kind::rbf) return std::exp(-0.5 * squared_distance(x, y, n, node.length_scale));
  if (node.kind == Kind::matern) return matern(squared_distance(x, y, n, node.length_scale), node.a);
  const double scale = node.length_scale[0];
  const double squared = plain_squared_distance(x, y, n);
  if (node.kind == Kind::rational_quadratic) return std::pow(1 + squared / (2 * node.a * (scale * scale)), -node.a);
  const double wave = std::sin(std::numbers::pi / node.a * std::sqrt(squared)) / scale;
  return std::exp(-2 * (wave * wave));
}
}  // namespace

double Covariance::evaluate(const double* x, const double* y, std::size_t n, bool same) const noexcept {
  std::array<double, kMaxStack> stack;   // NOLINT: written before it is read
  std::size_t top = 0;
  for (const Node& node : nodes_) {
    if (node.kind == Kind::power) {
      stack[top - 1] = std::pow(stack[top - 1], node.a);
    } else if (node.kind == Kind::sum || node.kind == Kind::product) {
      --top;
      stack[top - 1] = node.kind == Kind::sum ? stack[top - 1] + stack[top] : stack[top - 1] * stack[top];
    } else {
      stack[top++] = leaf(node, x, y, n, same);
    }
  }
  CHECK(top == 1);
  return stack[0];
}

double Covariance::operator()(const double* x, const double* y, std::size_t n) const noexcept { return evaluate(x, y, n, false); }
double Covariance::variance(const double* x, std::size_t n) const noexcept { return evaluate(x, x, n, true); }
}  // namespace headroom::model
