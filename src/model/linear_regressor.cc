#include "model/linear_regressor.h"

#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
/// (row − center) / scale, each where given; row itself if neither is.
const double* shift(std::span<const double> row, const std::vector<double>& center, const std::vector<double>& scale, std::vector<double>& buffer) {
  if (center.empty() && scale.empty()) return row.data();
  buffer.assign(row.begin(), row.end());
  for (std::size_t j = 0; j < center.size(); ++j) buffer[j] -= center[j];
  for (std::size_t j = 0; j < scale.size(); ++j) buffer[j] /= scale[j];
  return buffer.data();
}
}  // namespace

LinearRegressor::LinearRegressor(Spec spec) : spec_(std::move(spec)) {
  const std::size_t n = spec_.n_features;
  CHECK(!spec_.intercept.empty() && spec_.coef.size() == spec_.intercept.size() * n);
  CHECK((spec_.center.empty() || spec_.center.size() == n) && (spec_.scale.empty() || spec_.scale.size() == n));
  CHECK(spec_.rotations.empty() || (spec_.rotations.size() % n == 0 && spec_.rotation_scale.size() == n));
  ModelInfo& info = edit_info();
  info.task = Task::regression;
  info.n_features = n;
  info.methods = {Method::predict};
  if (!spec_.rotations.empty()) {
    info.methods.push_back(Method::transform);
    info.n_outputs = spec_.rotations.size() / n;
  }
  info.bytes = (spec_.coef.size() + spec_.intercept.size() + spec_.rotations.size() + 3 * n) * sizeof(double);
}

expected<void, RowError> LinearRegressor::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void LinearRegressor::transform(std::span<const double> row, std::vector<double>& shifted, double* out) const noexcept {
  const double* x = shift(row, spec_.center, spec_.rotation_scale, shifted);
  const std::size_t components = spec_.rotations.size() / spec_.n_features;
  for (std::size_t k = 0; k < components; ++k) out[k] = dot(spec_.rotations.data() + k * spec_.n_features, x, spec_.n_features);
}

void LinearRegressor::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict || (method == Method::transform && !spec_.rotations.empty()));
  const auto matrix = densify(rows, scratch.b);
  if (method == Method::transform) {
    const std::size_t components = spec_.rotations.size() / spec_.n_features;
    double* answer = answer_numbers(out, matrix.rows(), components);
    for (std::size_t i = 0; i < out.rows; ++i) transform(matrix.row(i), scratch.a, answer + i * components);
    return;
  }
  const std::size_t outputs = spec_.intercept.size();
  double* answer = answer_numbers(out, matrix.rows(), outputs);
  for (std::size_t i = 0; i < out.rows; ++i) {
    const double* x = shift(matrix.row(i), spec_.center, spec_.scale, scratch.a);
    for (std::size_t k = 0; k < outputs; ++k) {
      const double raw = dot(spec_.coef.data() + k * spec_.n_features, x, spec_.n_features) + spec_.intercept[k];
      answer[i * outputs + k] = spec_.inverse == Inverse::exp ? std::exp(raw) : raw;
    }
  }
}
}  // namespace headroom::model
