#include "model/constant.h"

#include <algorithm>

#include "model/answer.h"

namespace headroom::model {
Constant::Constant(Spec spec) : spec_(std::move(spec)) {
  const bool is_classifier = !spec_.labels.empty();
  CHECK(is_classifier ? !spec_.shares.empty() : !spec_.numbers.empty());
  ModelInfo& info = edit_info();
  info.task = is_classifier ? Task::classification : Task::regression;
  info.n_features = spec_.n_features;
  info.feature_kinds.assign(spec_.n_features, FeatureKind::any);
  info.methods = {Method::predict};
  if (is_classifier) info.methods.push_back(Method::predict_proba);
  info.bytes = (spec_.shares.size() + spec_.numbers.size()) * sizeof(double);
}

expected<void, RowError> Constant::validate(const Rows& rows) const {
  static_cast<void>(rows);
  return {};
}

void Constant::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  const bool is_classifier = !spec_.labels.empty();
  CHECK(method == Method::predict || (method == Method::predict_proba && is_classifier));
  if (is_classifier && method == Method::predict) {
    std::int64_t* answer = answer_indexes(out, rows.count(), spec_.labels.size());
    for (std::size_t i = 0; i < rows.count(); ++i) std::ranges::copy(spec_.labels, answer + i * spec_.labels.size());
    return;
  }
  const auto& values = is_classifier ? spec_.shares : spec_.numbers;
  if (!is_classifier && spec_.whole) {
    std::int64_t* answer = answer_indexes(out, rows.count(), values.size());
    for (std::size_t i = 0; i < rows.count() * values.size(); ++i) answer[i] = static_cast<std::int64_t>(values[i % values.size()]);
    return;
  }
  double* answer = answer_numbers(out, rows.count(), values.size());
  for (std::size_t i = 0; i < rows.count(); ++i) std::ranges::copy(values, answer + i * values.size());
}

OneAnswer::OneAnswer(std::size_t n_features, double answer) : answer_(answer) {
  ModelInfo& info = edit_info();
  info.task = Task::regression;
  info.n_features = n_features;
  info.methods = {Method::predict, Method::predict_proba, Method::decision_function};
}

expected<void, RowError> OneAnswer::validate(const Rows& rows) const {
  static_cast<void>(rows);
  return {};
}

void OneAnswer::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  const std::size_t columns = method == Method::predict_proba ? 2 : 1;
  double* answer = answer_numbers(out, rows.count(), columns);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    if (columns == 2) answer[i * 2] = 1 - answer_;
    answer[i * columns + columns - 1] = answer_;
  }
}
}  // namespace headroom::model
