#include "model/chi2_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/typed.h"

namespace headroom::model {
Chi2Features::Chi2Features(std::size_t n_features, std::size_t steps, double interval) : RowTransform(n_features, n_features * (2 * steps - 1), Nan::refuse), interval_(interval) {
  CHECK(steps > 0);
  for (std::size_t j = 1; j < steps; ++j) damping_.push_back(std::cosh(std::numbers::pi * static_cast<double>(j) * interval));
  edit_info().bytes = damping_.size() * sizeof(double);
}

expected<void, RowError> Chi2Features::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(RowTransform::validate(rows));
  for (std::size_t j = 0; j < rows.width(); ++j) {
    const Cells cells(rows, j);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      if (cells.number(i) < 0) return unexpected(RowError{i, j, "Negative values in data passed to AdditiveChi2Sampler."});
    }
  }
  return {};
}

void Chi2Features::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  const std::size_t n = in.size();
  std::fill_n(out, info().n_outputs, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    if (in[i] == 0) continue;
    out[i] = std::sqrt(in[i] * interval_);
    const double angle = interval_ * std::log(in[i]);
    const double size = 2 * in[i] * interval_;
    for (std::size_t j = 0; j < damping_.size(); ++j) {
      const double factor = std::sqrt(size / damping_[j]);
      const double turned = static_cast<double>(j + 1) * angle;
      out[(2 * j + 1) * n + i] = factor * std::cos(turned);
      out[(2 * j + 2) * n + i] = factor * std::sin(turned);
    }
  }
}
}  // namespace headroom::model
