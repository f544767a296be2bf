#include "model/nearest_centroid.h"

#include <cmath>

#include "model/discriminant_scores.h"

namespace headroom::model {
namespace {
/// numpy.isclose with its default tolerances.
bool is_close(double a, double b) { return std::fabs(a - b) <= 1e-8 + 1e-5 * std::fabs(b); }
}  // namespace

NearestCentroid::NearestCentroid(Spec spec) : spec_(std::move(spec)) {
  const std::size_t n = spec_.n_features;
  CHECK(n > 0 && !spec_.centroids.empty() && spec_.centroids.size() % n == 0);
  const std::size_t n_classes = spec_.centroids.size() / n;
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = n;
  info.methods = {Method::predict};
  info.bytes = 2 * spec_.centroids.size() * sizeof(double);
  if (spec_.deviations.empty()) return;
  CHECK(spec_.deviations.size() == n && spec_.priors.size() == n_classes);
  if (spec_.distance.kind == Distance::Kind::euclidean) {
    info.methods.push_back(Method::predict_proba);
    info.methods.push_back(Method::decision_function);
  }
  scaled_ = spec_.centroids;
  for (std::size_t i = 0; i < scaled_.size(); ++i) {
    if (spec_.deviations[i % n] != 0) scaled_[i] /= spec_.deviations[i % n];
  }
  for (const double prior : spec_.priors) by_score_ = by_score_ || !is_close(prior, 1.0 / static_cast<double>(n_classes));
}

expected<void, RowError> NearestCentroid::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void NearestCentroid::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t n = spec_.n_features;
  const std::size_t n_classes = spec_.centroids.size() / n;
  CHECK(method == Method::predict || !spec_.deviations.empty());
  if (method == Method::predict && !by_score_) {
    return answer_discriminant(method, rows, n_classes, ScoreNormal::difference, out, scratch, [&](std::span<const double> row, double* scores) {
      for (std::size_t k = 0; k < n_classes; ++k) scores[k] = -spec_.distance(row.data(), spec_.centroids.data() + k * n, n);
    });
  }
  scratch.a.resize(n);
  answer_discriminant(method, rows, n_classes, ScoreNormal::difference, out, scratch, [&](std::span<const double> row, double* scores) {
    for (std::size_t j = 0; j < n; ++j) scratch.a[j] = spec_.deviations[j] != 0 ? row[j] / spec_.deviations[j] : row[j];
    for (std::size_t k = 0; k < n_classes; ++k) {
      const double distance = spec_.distance(scratch.a.data(), scaled_.data() + k * n, n);
      scores[k] = -(distance * distance) + 2.0 * std::log(spec_.priors[k]);
    }
  });
}
}  // namespace headroom::model
