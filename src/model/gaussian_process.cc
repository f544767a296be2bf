#include "model/gaussian_process.h"

#include <cmath>
#include <numbers>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/one_vs.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
// Williams and Barber's approximation of the logistic function by error functions.
constexpr std::size_t kTerms = 5;
constexpr double kLambdas[kTerms] = {0.41, 0.4, 0.37, 0.44, 0.39};
constexpr double kCoefs[kTerms] = {-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654};
}  // namespace

GaussianProcessRegressor::GaussianProcessRegressor(Spec spec) : spec_(std::move(spec)) {
  const std::size_t count = spec_.rows.size() / spec_.n_features;
  CHECK(!spec_.mean.empty() && spec_.deviation.size() == spec_.mean.size() && spec_.alpha.size() == spec_.mean.size() * count);
  ModelInfo& info = edit_info();
  info.task = Task::regression;
  info.n_features = spec_.n_features;
  info.methods = {Method::predict};
  info.bytes = (spec_.rows.size() + spec_.alpha.size()) * sizeof(double);
}

expected<void, RowError> GaussianProcessRegressor::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void GaussianProcessRegressor::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict);
  const auto matrix = densify(rows, scratch.b);
  const std::size_t n = spec_.n_features;
  const std::size_t count = spec_.rows.size() / n;
  const std::size_t outputs = spec_.mean.size();
  double* answer = answer_numbers(out, matrix.rows(), outputs);
  scratch.a.resize(count);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t t = 0; t < count; ++t) scratch.a[t] = spec_.covariance(matrix.row(i).data(), spec_.rows.data() + t * n, n);
    for (std::size_t k = 0; k < outputs; ++k) answer[i * outputs + k] = spec_.deviation[k] * dot(spec_.alpha.data() + k * count, scratch.a.data(), count) + spec_.mean[k];
  }
}

GaussianProcessClassifier::GaussianProcessClassifier(std::size_t n_features, std::vector<Latent> latents, bool last_of_equals) : n_features_(n_features), latents_(std::move(latents)), last_of_equals_(last_of_equals) {
  CHECK(!latents_.empty() && n_features_ > 0);
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = n_features_;
  info.methods = {Method::predict, Method::predict_proba};
  for (const Latent& latent : latents_) {
    const std::size_t count = latent.gradient.size();
    CHECK(latent.rows.size() == count * n_features_ && latent.root.size() == count && latent.lower.size() == count * count);
    info.bytes += (latent.rows.size() + latent.lower.size()) * sizeof(double);
  }
}

expected<void, RowError> GaussianProcessClassifier::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

/// Leaves the covariances with the training rows in scratch.a.
double GaussianProcessClassifier::latent_mean(const Latent& latent, const double* row, Scratch& scratch) const noexcept {
  const std::size_t count = latent.gradient.size();
  scratch.a.resize(count);
  for (std::size_t t = 0; t < count; ++t) scratch.a[t] = latent.covariance(latent.rows.data() + t * n_features_, row, n_features_);
  return dot(scratch.a.data(), latent.gradient.data(), count);
}

double GaussianProcessClassifier::probability(const Latent& latent, const double* row, Scratch& scratch) const noexcept {
  const double mean = latent_mean(latent, row, scratch);
  const std::size_t count = latent.gradient.size();
  double explained = 0;
  // v = lower⁻¹ · (root · covariances), row by row in place.
  for (std::size_t t = 0; t < count; ++t) {
    const double* factors = latent.lower.data() + t * count;
    scratch.a[t] = (latent.root[t] * scratch.a[t] - dot(factors, scratch.a.data(), t)) / factors[t];
    explained += scratch.a[t] * scratch.a[t];
  }
  const double variance = latent.covariance.variance(row, n_features_) - explained;
  const double alpha = 1 / (2 * variance);
  double sum = 0;
  double coefs = 0;
  for (std::size_t k = 0; k < kTerms; ++k) {
    const double gamma = kLambdas[k] * mean;
    const double integral = std::sqrt(std::numbers::pi / alpha) * std::erf(gamma * std::sqrt(alpha / (alpha + kLambdas[k] * kLambdas[k]))) / (2 * std::sqrt(variance * 2 * std::numbers::pi));
    sum += kCoefs[k] * integral;
    coefs += kCoefs[k];
  }
  return sum + 0.5 * coefs;
}

void GaussianProcessClassifier::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict || method == Method::predict_proba);
  const auto matrix = densify(rows, scratch.b);
  const bool is_binary = latents_.size() == 1;
  const std::size_t n_classes = is_binary ? 2 : latents_.size();
  std::int64_t* labels = method == Method::predict ? answer_indexes(out, matrix.rows()) : nullptr;
  double* shares = method == Method::predict ? nullptr : answer_numbers(out, matrix.rows(), n_classes);
  scratch.c.resize(n_classes);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const double* row = matrix.row(i).data();
    if (is_binary && labels != nullptr) {
      labels[i] = static_cast<std::int64_t>(latent_mean(latents_[0], row, scratch) > 0);
      continue;
    }
    double* p = labels == nullptr ? shares + i * n_classes : scratch.c.data();
    CHECK(p != nullptr);
    for (std::size_t k = 0; k < latents_.size(); ++k) p[k] = probability(latents_[k], row, scratch);
    if (is_binary) {
      p[1] = p[0];
      p[0] = 1 - p[1];
    } else if (labels == nullptr) {
      const double sum = numpy_sum({p, n_classes});
      for (std::size_t k = 0; k < n_classes; ++k) p[k] /= sum;
    } else {
      labels[i] = static_cast<std::int64_t>(largest_of_rest({p, n_classes}, last_of_equals_));
    }
  }
}
}  // namespace headroom::model
