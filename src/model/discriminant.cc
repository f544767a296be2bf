#include "model/discriminant.h"

#include <algorithm>
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
LinearDiscriminant::LinearDiscriminant(Linear::Spec linear, std::vector<double> center, std::vector<double> projection)
    : linear_(std::move(linear)), center_(std::move(center)), projection_(std::move(projection)) {
  edit_info() = linear_.info();
  const std::size_t n = info().n_features;
  CHECK((center_.empty() || center_.size() == n) && projection_.size() % n == 0);
  if (!projection_.empty()) {
    edit_info().methods.push_back(Method::transform);
    edit_info().n_outputs = projection_.size() / n;
  }
  edit_info().bytes += (center_.size() + projection_.size()) * sizeof(double);
}

expected<void, RowError> LinearDiscriminant::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void LinearDiscriminant::transform(const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t n = info().n_features;
  const std::size_t components = projection_.size() / n;
  CHECK(components > 0);
  const auto matrix = densify(rows, scratch.b);
  double* answer = answer_numbers(out, matrix.rows(), components);
  scratch.a.resize(n);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    std::ranges::copy(matrix.row(i), scratch.a.begin());
    for (std::size_t j = 0; j < center_.size(); ++j) scratch.a[j] -= center_[j];
    for (std::size_t k = 0; k < components; ++k) answer[i * components + k] = dot(projection_.data() + k * n, scratch.a.data(), n);
  }
}

void LinearDiscriminant::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  method == Method::transform ? transform(rows, out, scratch) : linear_.predict(method, rows, out, scratch);
}

QuadraticDiscriminant::QuadraticDiscriminant(std::size_t n_features, std::vector<Class> classes, ScoreNormal normal) : classes_(std::move(classes)), normal_(normal) {
  CHECK(!classes_.empty() && n_features > 0);
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = n_features;
  info.methods = {Method::predict, Method::predict_proba, Method::decision_function};
  for (const Class& one : classes_) {
    CHECK(one.mean.size() == n_features && one.whitening.size() % n_features == 0);
    info.bytes += (one.mean.size() + one.whitening.size()) * sizeof(double);
  }
}

expected<void, RowError> QuadraticDiscriminant::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void QuadraticDiscriminant::scores(std::span<const double> row, std::vector<double>& buffer, double* out) const noexcept {
  const std::size_t n = row.size();
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    const Class& one = classes_[k];
    const std::size_t rank = one.whitening.size() / n;
    buffer.resize(n + rank);
    for (std::size_t j = 0; j < n; ++j) buffer[j] = row[j] - one.mean[j];
    for (std::size_t r = 0; r < rank; ++r) {
      const double white = dot(one.whitening.data() + r * n, buffer.data(), n);
      buffer[n + r] = white * white;
    }
    out[k] = -0.5 * (numpy_sum({buffer.data() + n, rank}) + one.log_scaling) + one.log_prior;
  }
}

void QuadraticDiscriminant::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  answer_discriminant(method, rows, classes_.size(), normal_, out, scratch, [&](std::span<const double> row, double* out_scores) { scores(row, scratch.a, out_scores); });
}
}  // namespace headroom::model
