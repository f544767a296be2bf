#include "model/naive_bayes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/log_scores.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
void describe_classifier(ModelInfo& info, std::size_t n_features, std::size_t numbers) {
  info.task = Task::classification;
  info.n_features = n_features;
  info.methods = {Method::predict, Method::predict_proba};
  info.bytes = numbers * sizeof(double);
}
}  // namespace

GaussianNb::GaussianNb(Spec spec) : spec_(std::move(spec)) {
  const std::size_t n = spec_.n_features;
  CHECK(!spec_.prior.empty() && spec_.mean.size() == spec_.prior.size() * n && spec_.variance.size() == spec_.mean.size());
  describe_classifier(edit_info(), n, 2 * spec_.mean.size() + 3 * spec_.prior.size());
  std::vector<double> logs(n);
  for (std::size_t k = 0; k < spec_.prior.size(); ++k) {
    for (std::size_t j = 0; j < n; ++j) logs[j] = std::log(2.0 * std::numbers::pi * spec_.variance[k * n + j]);
    log_norm_.push_back(-0.5 * numpy_sum({logs.data(), n}));
    log_prior_.push_back(std::log(spec_.prior[k]));
  }
}

expected<void, RowError> GaussianNb::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void GaussianNb::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t n = spec_.n_features;
  scratch.a.resize(n);
  answer_log_scores(method, rows, spec_.prior.size(), out, scratch, [&](std::span<const double> row, double* scores) {
    for (std::size_t k = 0; k < spec_.prior.size(); ++k) {
      const double* mean = spec_.mean.data() + k * n;
      const double* variance = spec_.variance.data() + k * n;
      for (std::size_t j = 0; j < n; ++j) {
        const double difference = row[j] - mean[j];
        scratch.a[j] = difference * difference / variance[j];
      }
      scores[k] = log_prior_[k] + (log_norm_[k] - 0.5 * numpy_sum({scratch.a.data(), n}));
    }
  });
}

DiscreteNb::DiscreteNb(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.offset.empty() && spec_.weights.size() == spec_.offset.size() * spec_.n_features);
  describe_classifier(edit_info(), spec_.n_features, spec_.weights.size() + spec_.offset.size());
}

expected<void, RowError> DiscreteNb::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void DiscreteNb::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t n = spec_.n_features;
  answer_log_scores(method, rows, spec_.offset.size(), out, scratch, [&](std::span<const double> row, double* scores) {
    const double* x = row.data();
    if (spec_.threshold) {
      scratch.a.resize(n);
      for (std::size_t j = 0; j < n; ++j) scratch.a[j] = row[j] > *spec_.threshold ? 1.0 : 0.0;
      x = scratch.a.data();
    }
    for (std::size_t k = 0; k < spec_.offset.size(); ++k) scores[k] = dot(spec_.weights.data() + k * n, x, n) + spec_.offset[k];
  });
}

CategoricalNb::CategoricalNb(Spec spec) : spec_(std::move(spec)) {
  std::size_t start = 0;
  for (const std::size_t count : spec_.n_categories) {
    starts_.push_back(start);
    start += count * spec_.log_prior.size();
  }
  CHECK(!spec_.log_prior.empty() && start == spec_.tables.size());
  describe_classifier(edit_info(), spec_.n_categories.size(), spec_.tables.size() + spec_.log_prior.size());
}

expected<void, RowError> CategoricalNb::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  std::vector<double> buffer;
  const auto matrix = densify(rows, buffer);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.columns(); ++j) {
      const double value = std::trunc(matrix(i, j));
      constexpr double kInt64End = 0x1p63;   // from here on numpy's conversion gives a negative integer
      if (value < 0 || value >= kInt64End) return unexpected(RowError{i, j, "Negative values in data passed to CategoricalNB (input X)"});
      if (value >= static_cast<double>(spec_.n_categories[j])) {
        return unexpected(RowError{i, j, "index " + std::to_string(static_cast<std::int64_t>(value)) + " is out of bounds for axis 1 with size " + std::to_string(spec_.n_categories[j])});
      }
    }
  }
  return {};
}

bool CategoricalNb::takes_all_within(double magnitude) const noexcept {
  static_cast<void>(magnitude);   // negative numbers are refused, however small
  return false;
}

void CategoricalNb::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t n_classes = spec_.log_prior.size();
  answer_log_scores(method, rows, n_classes, out, scratch, [&](std::span<const double> row, double* scores) {
    std::fill_n(scores, n_classes, 0.0);
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double* entry = spec_.tables.data() + starts_[j] + static_cast<std::size_t>(row[j]) * n_classes;
      for (std::size_t k = 0; k < n_classes; ++k) scores[k] += entry[k];
    }
    for (std::size_t k = 0; k < n_classes; ++k) scores[k] += spec_.log_prior[k];
  });
}
}  // namespace headroom::model
