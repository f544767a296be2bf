#include "model/calibrated.h"

#include <algorithm>
#include <cmath>

#include "model/score_link.h"
#include "model/sums.h"

namespace headroom::model {
double Calibrator::operator()(double score) const noexcept {
  if (x.empty()) return 1.0 / (1.0 + std::exp(a * score + b));
  if (std::isnan(score)) return score;
  score = std::min(std::max(score, low), high);
  if (score >= x.back()) return y.back();
  if (score <= x.front()) return y.front();
  const auto above = std::upper_bound(x.begin(), x.end(), score) - x.begin();
  const auto j = static_cast<std::size_t>(above) - 1;
  if (score == x[j]) return y[j];
  const double slope = (y[j + 1] - y[j]) / (x[j + 1] - x[j]);
  return slope * (score - x[j]) + y[j];
}

Calibrated::Calibrated(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.folds.empty());
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = spec_.n_features;
  info.methods = {Method::predict, Method::predict_proba};
  info.predict_is_first_largest = true;
  for (const auto& fold : spec_.folds) info.bytes += fold.member.model->info().bytes;
}

expected<void, RowError> Calibrated::validate(const Rows& rows) const {
  for (const auto& fold : spec_.folds) {
    HEADROOM_TRY_VOID(validate_member(fold.member, rows));
    const bool is_isotonic = !fold.calibrators.empty() && !fold.calibrators[0].x.empty();
    if (is_isotonic) HEADROOM_TRY_VOID(check_scores(fold, rows));
  }
  return {};
}

/// Isotonic regression refuses scores that are not finite.
expected<void, RowError> Calibrated::check_scores(const Fold& fold, const Rows& rows) const {
  Scratch scratch;
  const Output& scores = ask(fold.member, fold.member.has(Method::decision_function) ? Method::decision_function : Method::predict_proba, rows, scratch);
  for (std::size_t i = 0; i < scores.rows * scores.columns; ++i) {
    if (std::isfinite(value_at(scores, i))) continue;
    return unexpected(RowError{i / scores.columns, 0, "Input contains NaN or infinity: so the inner classifier scores this row."});
  }
  return {};
}

/// Scores become logits: probabilities by their logarithm, one decision by −d and d.
void Calibrated::temperature_row(const Fold& fold, const Output& scores, std::size_t row, double* out) const noexcept {
  const std::size_t k = spec_.n_classes;
  const bool is_decision = fold.member.has(Method::decision_function);
  for (std::size_t c = 0; c < k; ++c) {
    if (scores.columns == 1) {
      out[c] = c == 0 ? -value_at(scores, row) : value_at(scores, row);
    } else {
      const double value = value_at(scores, row * scores.columns + c);
      out[c] = is_decision ? value : std::log(value + 1e-12);
    }
    out[c] *= fold.beta;
  }
  const double largest = *std::max_element(out, out + k);
  for (std::size_t c = 0; c < k; ++c) out[c] = std::exp(out[c] - largest);
  const double sum = numpy_sum({out, k});
  for (std::size_t c = 0; c < k; ++c) out[c] /= sum;
}

void Calibrated::fold_row(const Fold& fold, const Output& scores, std::size_t row, double* out) const noexcept {
  const std::size_t k = spec_.n_classes;
  std::fill_n(out, k, 0.0);
  if (k == 2) {
    out[1] = fold.calibrators[0](value_at(scores, row * scores.columns + scores.columns - 1));
    out[0] = 1.0 - out[1];
  } else {
    for (std::size_t c = 0; c < fold.calibrators.size(); ++c) out[fold.member.classes[c]] = fold.calibrators[c](value_at(scores, row * scores.columns + c));
    const double sum = numpy_sum({out, k});
    for (std::size_t c = 0; c < k; ++c) out[c] = sum == 0 ? 1.0 / static_cast<double>(k) : out[c] / sum;
  }
  for (std::size_t c = 0; c < k; ++c) {
    if (out[c] > 1.0 && out[c] <= 1.0 + 1e-5) out[c] = 1.0;
  }
}

void Calibrated::add(const Fold& fold, const Rows& rows, double* sums, Scratch& scratch) const noexcept {
  const bool has_decision = fold.member.has(Method::decision_function);
  const Output& scores = ask(fold.member, has_decision ? Method::decision_function : Method::predict_proba, rows, part(scratch, 0));
  scratch.c.resize(spec_.n_classes);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    fold.calibrators.empty() ? temperature_row(fold, scores, i, scratch.c.data()) : fold_row(fold, scores, i, scratch.c.data());
    for (std::size_t c = 0; c < spec_.n_classes; ++c) sums[i * spec_.n_classes + c] += scratch.c[c];
  }
}

void Calibrated::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t k = spec_.n_classes;
  const bool is_label = method == Method::predict;
  std::vector<double>& sums = is_label ? scratch.a : out.f64;
  sums.assign(rows.count() * k, 0.0);
  for (const auto& fold : spec_.folds) add(fold, rows, sums.data(), scratch);
  for (double& sum : sums) sum /= static_cast<double>(spec_.folds.size());
  out.rows = rows.count();
  out.columns = is_label ? 1 : k;
  out.dtype = is_label ? DType::i64 : DType::f64;
  if (!is_label) return;
  out.i64.resize(out.rows);
  for (std::size_t i = 0; i < out.rows; ++i) out.i64[i] = static_cast<std::int64_t>(argmax(std::span<const double>(sums).subspan(i * k, k)));
}
}  // namespace headroom::model
