#include "model/gaussian_mixture.h"

#include <cmath>
#include <numbers>

#include "model/log_scores.h"
#include "model/sums.h"

namespace headroom::model {
GaussianMixture::GaussianMixture(Spec spec) : spec_(std::move(spec)) {
  const std::size_t n = spec_.n_features, count = spec_.logs.size();
  CHECK(n > 0 && count > 0 && spec_.means.size() == count * n);
  const std::size_t sizes[] = {count * n * n, n * n, count * n, count};
  CHECK(spec_.precision.size() == sizes[static_cast<std::size_t>(spec_.metric)]);
  std::vector<double> terms(n);
  for (std::size_t k = 0; k < count; ++k) {
    const double* mean = spec_.means.data() + k * n;
    const bool is_number = spec_.metric == Metric::own_number;
    if (spec_.metric == Metric::own_matrix || spec_.metric == Metric::one_matrix) {
      const double* matrix = spec_.precision.data() + (spec_.metric == Metric::own_matrix ? k * n * n : 0);
      for (std::size_t j = 0; j < n; ++j) centre_.push_back(dot(mean, matrix + j * n, n));
      continue;
    }
    for (std::size_t j = 0; j < n; ++j) {
      const double precision = spec_.precision[is_number ? k : k * n + j];
      centre_.push_back(mean[j] * precision);
      terms[j] = is_number ? mean[j] * mean[j] : mean[j] * mean[j] * precision;
    }
    square_.push_back(numpy_sum({terms.data(), n}) * (is_number ? spec_.precision[k] : 1.0));
  }
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = n;
  info.methods = {Method::predict, Method::predict_proba};
  info.bytes = (spec_.means.size() + spec_.precision.size() + centre_.size() + square_.size()) * sizeof(double) + count * sizeof(Logs);
}

expected<void, RowError> GaussianMixture::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

double GaussianMixture::by_matrix(std::size_t component, std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t n = row.size();
  const double* matrix = spec_.precision.data() + (spec_.metric == Metric::own_matrix ? component * n * n : 0);
  scratch.a.resize(n);
  for (std::size_t j = 0; j < n; ++j) {
    const double y = dot(row.data(), matrix + j * n, n) - centre_[component * n + j];
    scratch.a[j] = y * y;
  }
  return numpy_sum({scratch.a.data(), n});
}

double GaussianMixture::by_numbers(std::size_t component, std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t n = row.size();
  const double linear = square_[component] - 2.0 * dot(row.data(), centre_.data() + component * n, n);
  if (spec_.metric == Metric::own_number) return linear + dot(row.data(), row.data(), n) * spec_.precision[component];
  scratch.a.resize(n);
  for (std::size_t j = 0; j < n; ++j) scratch.a[j] = row[j] * row[j];
  return linear + dot(scratch.a.data(), spec_.precision.data() + component * n, n);
}

void GaussianMixture::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const bool is_matrix = spec_.metric == Metric::own_matrix || spec_.metric == Metric::one_matrix;
  const double constant = static_cast<double>(spec_.n_features) * std::log(2 * std::numbers::pi);
  answer_log_scores(method, rows, spec_.logs.size(), out, scratch, [&](std::span<const double> row, double* scores) {
    for (std::size_t k = 0; k < spec_.logs.size(); ++k) {
      const Logs& logs = spec_.logs[k];
      const double distance = is_matrix ? by_matrix(k, row, scratch) : by_numbers(k, row, scratch);
      scores[k] = -0.5 * (constant + distance) + logs.determinant - logs.freedom + logs.precision + logs.weight;
    }
  });
}
}  // namespace headroom::model
