#include "model/quantile.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace headroom::model {
namespace {
constexpr double kBoundsThreshold = 1e-7;   // as the origin calls and sets it

std::vector<double> mirrored(const std::vector<double>& values) {
  std::vector<double> out(values.rbegin(), values.rend());
  for (double& value : out) value = -value;
  return out;
}

/// A first guess for p ≤ 0.5, good to about 1e-3: Abramowitz and Stegun 26.2.23.
double rough_quantile(double p) noexcept {
  const double t = std::sqrt(-2 * std::log(p));
  return -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
}
}  // namespace

double interpolate(double x, std::span<const double> xs, std::span<const double> ys) noexcept {
  if (x < xs.front()) return ys.front();
  if (x > xs.back()) return ys.back();
  const auto j = static_cast<std::size_t>(std::upper_bound(xs.begin(), xs.end(), x) - xs.begin()) - 1;
  if (j + 1 >= xs.size() || xs[j] == x) return ys[j];
  const double slope = (ys[j + 1] - ys[j]) / (xs[j + 1] - xs[j]);
  double y = slope * (x - xs[j]) + ys[j];
  if (!std::isnan(y)) return y;
  y = slope * (x - xs[j + 1]) + ys[j + 1];
  return std::isnan(y) && ys[j] == ys[j + 1] ? ys[j] : y;
}

double normal_quantile(double p) noexcept {
  if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0 || p == 1) return p == 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  if (p > 0.5) return -normal_quantile(1 - p);
  double x = rough_quantile(p);
  for (int i = 0; i < 4; ++i) {   // Halley's steps: each triples the correct digits
    const double error = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
    const double step = error * std::sqrt(2 * std::numbers::pi) * std::exp(x * x / 2);
    x -= step / (1 + x * step / 2);
  }
  return x;
}

Quantile::Quantile(std::vector<std::vector<double>> quantiles, std::vector<double> references, Distribution distribution)
    : RowTransform(quantiles.size(), quantiles.size(), Nan::allow), quantiles_(std::move(quantiles)), references_(std::move(references)),
      mirrored_references_(mirrored(references_)), distribution_(distribution) {
  CHECK(!references_.empty());
  for (const auto& own : quantiles_) {
    CHECK(own.size() == references_.size());
    mirrored_.push_back(mirrored(own));
  }
  edit_info().bytes = 2 * (quantiles_.size() + 1) * references_.size() * sizeof(double);
}

void Quantile::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  constexpr double kInside = kBoundsThreshold - std::numeric_limits<double>::epsilon();
  static const double lowest = normal_quantile(kInside);
  static const double highest = normal_quantile(1 - kInside);
  const bool is_uniform = distribution_ == Distribution::uniform;
  for (std::size_t j = 0; j < quantiles_.size(); ++j) {
    const double x = in[j];
    const auto& own = quantiles_[j];
    double y = x;
    if (!std::isnan(x)) y = 0.5 * (interpolate(x, own, references_) - interpolate(-x, mirrored_[j], mirrored_references_));
    if (is_uniform ? x == own.back() : x + kBoundsThreshold > own.back()) y = 1;
    if (is_uniform ? x == own.front() : x - kBoundsThreshold < own.front()) y = 0;
    if (distribution_ == Distribution::normal) {
      y = normal_quantile(y);
      y = y < lowest ? lowest : y > highest ? highest : y;
    } else if (!is_uniform) {
      y = y < kInside ? kInside : y > 1 - kInside ? 1 - kInside : y;
    }
    out[j] = y;
  }
}

double Quantile::output_bound(double magnitude) const noexcept { return magnitude >= 0 ? 10 : magnitude; }
}  // namespace headroom::model
