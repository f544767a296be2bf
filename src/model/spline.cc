#include "model/spline.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/typed.h"

namespace headroom::model {
namespace {
constexpr std::size_t kMostDegree = 31;
using Work = std::array<double, kMostDegree + 1>;

std::size_t width_of(const SplineTransform::Spec& spec) {
  CHECK(!spec.features.empty());
  const std::size_t own = spec.features[0].n_outputs() - (spec.has_bias ? 0 : 1);
  return spec.features.size() * own;
}

/// The values at x of the bases that are not zero between knots[piece] and the next one; slope: their derivatives.
/// Source: scipy's _deBoor_D.
void bases_at(const Splines& splines, std::size_t piece, double x, bool slope, Work& h) noexcept {
  const std::size_t k = splines.degree;
  const std::size_t values_to = slope && k > 0 ? k - 1 : k;
  Work before{};
  h.fill(0);
  h[0] = slope && k == 0 ? 0 : 1;
  for (std::size_t j = 1; j <= k; ++j) {
    before = h;
    h[0] = 0;
    for (std::size_t n = 1; n <= j; ++n) {
      const double above = splines.knots[piece + n];
      const double below = splines.knots[piece + n - j];
      h[n] = 0;
      if (above == below) continue;
      if (j <= values_to) {
        const double w = before[n - 1] / (above - below);
        h[n - 1] += w * (above - x);
        h[n] = w * (x - below);
      } else {
        const double w = static_cast<double>(j) * before[n - 1] / (above - below);
        h[n - 1] -= w;
        h[n] = w;
      }
    }
  }
}
}  // namespace

void Splines::evaluate(double x, bool slope, double* out) const noexcept {
  const std::size_t width = n_outputs();
  const auto above = std::upper_bound(knots.begin() + static_cast<std::ptrdiff_t>(degree), knots.begin() + static_cast<std::ptrdiff_t>(n_bases()), x);
  const auto found = static_cast<std::size_t>(above - knots.begin());
  const std::size_t piece = found > degree ? found - 1 : degree;
  Work work;
  bases_at(*this, piece, x, slope, work);
  std::fill_n(out, width, 0.0);
  for (std::size_t a = 0; a <= degree; ++a) {
    const double* row = coef.data() + (piece + a - degree) * width;
    for (std::size_t c = 0; c < width; ++c) out[c] += row[c] * work[a];
  }
}

SplineTransform::SplineTransform(Spec spec) : RowTransform(spec.features.size(), width_of(spec), spec.nan_is_zeros ? Nan::allow : Nan::refuse), spec_(std::move(spec)) {
  for (const auto& one : spec_.features) {
    CHECK(one.degree <= kMostDegree && one.degree == spec_.features[0].degree && one.knots.size() >= 2 * one.degree + 2 && one.inwards < one.knots.size() && one.n_outputs() == spec_.features[0].n_outputs());
    CHECK(one.coef.size() == one.n_bases() * one.n_outputs() && one.n_outputs() > 0 && one.n_outputs() >= one.degree);
    edit_info().bytes += (one.knots.size() + one.coef.size()) * sizeof(double);
  }
}

expected<void, RowError> SplineTransform::validate(const Rows& rows) const {
  // Where missing values are looked for afterwards, the origin takes infinity, too.
  HEADROOM_TRY_VOID(spec_.nan_is_zeros ? check_numbers(rows, info()) : RowTransform::validate(rows));
  for (std::size_t j = 0; spec_.beyond == Beyond::refused && j < rows.width(); ++j) {
    const Cells cells(rows, j);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      const double x = cells.number(i);
      if (x < spec_.features[j].low() || x > spec_.features[j].high()) return unexpected(RowError{i, j, "X contains values beyond the limits of the knots."});
    }
  }
  return {};
}

/// The outer values, or lines through them; only as many splines as differ from zero at the edge. Where a row lies beyond both edges the lines
/// overwrite each other one by one, as the origin's do.
void SplineTransform::extend(const Splines& splines, double x, double* out, std::vector<double>& buffer) const noexcept {
  const std::size_t width = splines.n_outputs();
  std::fill_n(out, width, 0.0);
  buffer.resize(2 * width);
  if (spec_.beyond == Beyond::constant) {
    const bool is_low = x < splines.low();
    splines.evaluate(is_low ? splines.low() : splines.high(), false, buffer.data());
    const std::size_t first = is_low ? 0 : width - splines.degree;
    std::copy_n(buffer.data() + first, splines.degree, out + first);
    return;
  }
  const std::size_t count = std::min(width, splines.inwards <= 1 ? splines.inwards + 1 : splines.inwards);
  const auto line_at = [&](double edge, std::size_t at) {
    splines.evaluate(edge, false, buffer.data());
    splines.evaluate(edge, true, buffer.data() + width);
    return buffer[at] + (x - edge) * buffer[width + at];
  };
  for (std::size_t j = 0; j < count; ++j) {
    if (x < splines.low()) out[j] = line_at(splines.low(), j);
    if (x > splines.high()) out[width - 1 - j] = line_at(splines.high(), width - 1 - j);
  }
}

void SplineTransform::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  for (std::size_t j = 0; j < in.size(); ++j) {
    const Splines& splines = spec_.features[j];
    const std::size_t width = splines.n_outputs();
    scratch.a.resize(width);
    double x = in[j];
    const bool is_outside = x < splines.low() || x > splines.high();
    if (spec_.beyond == Beyond::periodic) {   // Python's remainder, which has the sign of the period
      const double period = splines.high() - splines.low();
      double rest = std::fmod(x - splines.low(), period);
      if (rest < 0) rest += period;
      x = splines.low() + rest;
    }
    if (std::isnan(in[j])) {
      std::fill_n(scratch.a.data(), width, 0.0);
    } else if (is_outside && (spec_.beyond == Beyond::constant || spec_.beyond == Beyond::linear)) {
      extend(splines, x, scratch.a.data(), scratch.c);
    } else {
      splines.evaluate(x, false, scratch.a.data());
    }
    out = std::copy_n(scratch.a.data(), spec_.has_bias ? width : width - 1, out);
  }
}
}  // namespace headroom::model
