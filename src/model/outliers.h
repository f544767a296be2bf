// Answers of detectors that have one score a row, of which the least are outliers.
#pragma once
#include "model/answer.h"
#include "model/check_rows.h"

namespace headroom::model {
/// Makes `info` that of a detector of outliers: predict gives −1 or 1, decision_function one number a row.
inline void describe_outliers(ModelInfo& info, std::size_t n_features) {
  info.task = Task::outlier;
  info.n_features = n_features;
  info.methods = {Method::predict, Method::decision_function};
  info.classes = {std::int64_t{-1}, std::int64_t{1}};
  info.classes_dtype = "<i8";
}

/// decide(row): its decision. is_inlier(decision): whether predict gives 1.
template <class Decide, class IsInlier>
void answer_outliers(Method method, const Rows& rows, Output& out, Scratch& scratch, const Decide& decide, const IsInlier& is_inlier) {
  CHECK(method == Method::predict || method == Method::decision_function);
  const auto matrix = densify(rows, scratch.b);
  std::int64_t* labels = method == Method::predict ? answer_indexes(out, matrix.rows()) : nullptr;
  double* numbers = labels == nullptr ? answer_numbers(out, matrix.rows(), 1) : nullptr;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const double decision = decide(matrix.row(i));
    if (labels != nullptr) {
      labels[i] = is_inlier(decision) ? 1 : 0;
    } else {
      numbers[i] = decision;
    }
  }
}
}  // namespace headroom::model
