#include "model/scaler.h"

#include <algorithm>
#include <cmath>

#include "model/check_rows.h"

namespace headroom::model {
Scaler::Scaler(std::size_t n_features, std::vector<double> mean, std::vector<double> scale) : mean_(std::move(mean)), scale_(std::move(scale)) {
  CHECK(mean_.empty() || mean_.size() == n_features);
  CHECK(scale_.empty() || scale_.size() == n_features);
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = n_features;
  info.methods = {Method::transform};
  info.bytes = (mean_.size() + scale_.size()) * sizeof(double);
  if (mean_.empty() || scale_.empty()) return;
  constexpr double kDeviations = 3;   // holds 99.7 % of a normal feature
  for (std::size_t j = 0; j < n_features; ++j) info.feature_ranges.push_back({mean_[j] - kDeviations * scale_[j], mean_[j] + kDeviations * scale_[j]});
}

expected<void, RowError> Scaler::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::allow, Width::f64); }

void Scaler::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  const auto matrix = densify(rows, scratch.b);
  out.dtype = DType::f64;
  out.rows = matrix.rows();
  out.columns = matrix.columns();
  out.f64.assign(matrix.data(), matrix.data() + matrix.rows() * matrix.columns());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    double* row = out.f64.data() + i * matrix.columns();
    for (std::size_t j = 0; j < mean_.size(); ++j) row[j] -= mean_[j];
    for (std::size_t j = 0; j < scale_.size(); ++j) row[j] /= scale_[j];
  }
}

double Scaler::output_bound(double magnitude) const noexcept {
  double bound = 0;
  for (std::size_t j = 0; j < info().n_features; ++j) {
    const double centred = magnitude + (mean_.empty() ? 0 : std::fabs(mean_[j]));
    const double scaled = scale_.empty() ? centred : centred / std::fabs(scale_[j]);
    if (!(scaled <= std::numeric_limits<double>::max())) return std::numeric_limits<double>::infinity();
    bound = std::max(bound, scaled);
  }
  return bound;
}
}  // namespace headroom::model
