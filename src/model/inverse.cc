#include "model/inverse.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace headroom::model {
namespace {
using Kind = InverseStep::Kind;
constexpr double kSpacing = std::numeric_limits<double>::epsilon();   // numpy.spacing(1)

double undo_yeo_johnson(double x, double lambda) noexcept {
  if (x >= 0) return std::fabs(lambda) < kSpacing ? std::exp(x) - 1 : std::pow(x * lambda + 1, 1 / lambda) - 1;
  return std::fabs(lambda - 2) > kSpacing ? 1 - std::pow(-(2 - lambda) * x + 1, 1 / (2 - lambda)) : 1 - std::exp(-x);
}

double undo_box_cox(double x, double lambda, bool by_log1p) noexcept {
  if (lambda == 0) return std::exp(x);
  return by_log1p ? std::exp(std::log1p(lambda * x) / lambda) : std::pow(x * lambda + 1, 1 / lambda);
}

/// numpy.interp of a finite x.
double interpolate(double x, std::span<const double> from, const double* to) noexcept {
  const std::size_t n = from.size();
  if (x > from[n - 1]) return to[n - 1];
  if (x < from[0]) return to[0];
  const auto j = static_cast<std::size_t>(std::ranges::upper_bound(from, x) - from.begin()) - 1;
  if (j == n - 1 || from[j] == x) return to[j];
  const double slope = (to[j + 1] - to[j]) / (from[j + 1] - from[j]);
  return slope * (x - from[j]) + to[j];
}

/// Cumulative distribution of the standard normal, as scipy.special.ndtr divides the work between erf and erfc.
double normal_cdf(double x) noexcept {
  const double scaled = x * std::numbers::sqrt2 / 2;
  if (std::fabs(scaled) < 1) return 0.5 + 0.5 * std::erf(scaled);
  const double tail = 0.5 * std::erfc(std::fabs(scaled));
  return scaled > 0 ? 1.0 - tail : tail;
}

double undo_quantile(double x, bool is_normal, std::span<const double> references, const double* quantiles) noexcept {
  constexpr double kThreshold = 1e-7;
  if (std::isnan(x)) return x;
  if (is_normal) x = normal_cdf(x);
  if (is_normal ? x - kThreshold < 0 : x == 0) return quantiles[0];
  if (is_normal ? x + kThreshold > 1 : x == 1) return quantiles[references.size() - 1];
  return interpolate(x, references, quantiles);
}

double function(Kind kind, double x) noexcept {
  switch (kind) {
    case Kind::exp: return std::exp(x);
    case Kind::expm1: return std::expm1(x);
    case Kind::exp2: return std::exp2(x);
    case Kind::log: return std::log(x);
    case Kind::log1p: return std::log1p(x);
    case Kind::log2: return std::log2(x);
    case Kind::log10: return std::log10(x);
    case Kind::sqrt: return std::sqrt(x);
    case Kind::square: return x * x;
    case Kind::cbrt: return std::cbrt(x);
    case Kind::reciprocal: return 1.0 / x;
    case Kind::negative: return -x;
    case Kind::absolute: return std::fabs(x);
    case Kind::sinh: return std::sinh(x);
    case Kind::arcsinh: return std::asinh(x);
    case Kind::tanh: return std::tanh(x);
    case Kind::arctanh: return std::atanh(x);
    default: return x;
  }
}
}  // namespace

void InverseStep::apply(std::span<double> row) const noexcept {
  for (std::size_t k = 0; k < row.size(); ++k) {
    double& x = row[k];
    switch (kind) {
      case Kind::multiply: x *= values[k]; break;
      case Kind::divide: x /= values[k]; break;
      case Kind::add: x += values[k]; break;
      case Kind::subtract: x -= values[k]; break;
      case Kind::yeo_johnson: x = undo_yeo_johnson(x, values[k]); break;
      case Kind::box_cox:
      case Kind::box_cox_log1p: x = undo_box_cox(x, values[k], kind == Kind::box_cox_log1p); break;
      case Kind::quantile_uniform:
      case Kind::quantile_normal: x = undo_quantile(x, kind == Kind::quantile_normal, references, values.data() + k * references.size()); break;
      default: x = function(kind, x);
    }
  }
}
}  // namespace headroom::model
