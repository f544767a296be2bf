#include "model/distance.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
namespace {
/// Σ term(i) in order.
template <class Term>
double sum_of(std::size_t n, const Term& term) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += term(i);
  return sum;
}

double square(double x) noexcept { return x * x; }

double cosine(const double* x, const double* y, std::size_t n, double shift_x, double shift_y) noexcept {
  const double xy = sum_of(n, [&](std::size_t i) { return (x[i] - shift_x) * (y[i] - shift_y); });
  const double xx = sum_of(n, [&](std::size_t i) { return square(x[i] - shift_x); });
  const double yy = sum_of(n, [&](std::size_t i) { return square(y[i] - shift_y); });
  const double norm_x = xx == 0 ? 1.0 : std::sqrt(xx);   // a vector of zeros is left as it is
  const double norm_y = yy == 0 ? 1.0 : std::sqrt(yy);
  return std::clamp(1.0 - xy / (norm_x * norm_y), 0.0, 2.0);
}

double powers(const double* x, const double* y, std::size_t n, double p, const std::vector<double>& weights) noexcept {
  return sum_of(n, [&](std::size_t i) { return (weights.empty() ? 1.0 : weights[i]) * std::pow(std::fabs(x[i] - y[i]), p); });
}

double canberra(const double* x, const double* y, std::size_t n) noexcept {
  return sum_of(n, [&](std::size_t i) {
    const double size = std::fabs(x[i]) + std::fabs(y[i]);
    return size > 0 ? std::fabs(x[i] - y[i]) / size : 0.0;
  });
}

double braycurtis(const double* x, const double* y, std::size_t n) noexcept {
  const double difference = sum_of(n, [&](std::size_t i) { return std::fabs(x[i] - y[i]); });
  const double size = sum_of(n, [&](std::size_t i) { return std::fabs(x[i]) + std::fabs(y[i]); });
  return size > 0 ? difference / size : 0.0;
}

double squared_haversine(const double* x, const double* y) noexcept {
  const double sin_0 = std::sin(0.5 * (x[0] - y[0]));
  const double sin_1 = std::sin(0.5 * (x[1] - y[1]));
  return sin_0 * sin_0 + std::cos(x[0]) * std::cos(y[0]) * sin_1 * sin_1;
}

double squared_mahalanobis(const double* x, const double* y, std::size_t n, const std::vector<double>& inverse) noexcept {
  return sum_of(n, [&](std::size_t i) {
    return (x[i] - y[i]) * sum_of(n, [&](std::size_t j) { return inverse[i * n + j] * (x[j] - y[j]); });
  });
}
}  // namespace

double Distance::operator()(const double* x, const double* y, std::size_t n) const noexcept { return restore(reduced(x, y, n)); }

double Distance::reduced(const double* x, const double* y, std::size_t n) const noexcept {
  switch (kind) {
    case Kind::euclidean:
    case Kind::sqeuclidean: return sum_of(n, [&](std::size_t i) { return square(x[i] - y[i]); });
    case Kind::manhattan: return sum_of(n, [&](std::size_t i) { return std::fabs(x[i] - y[i]); });
    case Kind::chebyshev: {
      double largest = 0;
      for (std::size_t i = 0; i < n; ++i) largest = std::max(largest, std::fabs(x[i] - y[i]));
      return largest;
    }
    case Kind::minkowski: return powers(x, y, n, p, weights);
    case Kind::cosine: return cosine(x, y, n, 0, 0);
    case Kind::correlation: {
      const double count = static_cast<double>(n);
      return cosine(x, y, n, sum_of(n, [&](std::size_t i) { return x[i]; }) / count, sum_of(n, [&](std::size_t i) { return y[i]; }) / count);
    }
    case Kind::hamming: return sum_of(n, [&](std::size_t i) { return x[i] != y[i] ? 1.0 : 0.0; }) / static_cast<double>(n);
    case Kind::canberra: return canberra(x, y, n);
    case Kind::braycurtis: return braycurtis(x, y, n);
    case Kind::haversine: return squared_haversine(x, y);
    case Kind::seuclidean: return sum_of(n, [&](std::size_t i) { return square(x[i] - y[i]) / weights[i]; });
    case Kind::mahalanobis: return squared_mahalanobis(x, y, n, weights);
  }
  return 0;
}

double Distance::reduce(double distance) const noexcept {
  switch (kind) {
    case Kind::euclidean:
    case Kind::seuclidean:
    case Kind::mahalanobis: return distance * distance;
    case Kind::minkowski: return std::pow(distance, p);
    case Kind::haversine: return square(std::sin(0.5 * distance));
    default: return distance;
  }
}

double Distance::restore(double reduced) const noexcept {
  switch (kind) {
    case Kind::euclidean:
    case Kind::seuclidean:
    case Kind::mahalanobis: return std::sqrt(reduced);
    case Kind::minkowski: return std::pow(reduced, 1.0 / p);
    case Kind::haversine: return 2 * std::asin(std::sqrt(reduced));
    default: return reduced;
  }
}
}  // namespace headroom::model
