// Answers of classifiers that score each class by a logarithm of its joint likelihood.
#pragma once
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/links.h"

namespace headroom::model {
/// predict: first largest of a row's scores. predict_proba: exp(score − logsumexp(scores)), f64 [n, n_classes].
/// score(row, scores): fills in one score a class.   Source: sklearn.naive_bayes._BaseNB.
template <class Score>
void answer_log_scores(Method method, const Rows& rows, std::size_t n_classes, Output& out, Scratch& scratch, const Score& score) {
  CHECK(method == Method::predict || method == Method::predict_proba);
  const auto matrix = densify(rows, scratch.b);
  if (method == Method::predict) {
    scratch.c.resize(n_classes);
    std::int64_t* answer = answer_indexes(out, matrix.rows());
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      score(matrix.row(i), scratch.c.data());
      answer[i] = static_cast<std::int64_t>(argmax(scratch.c));
    }
    return;
  }
  double* answer = answer_numbers(out, matrix.rows(), n_classes);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const std::span<double> scores(answer + i * n_classes, n_classes);
    score(matrix.row(i), scores.data());
    const double all = log_sum_exp(scores);
    for (double& value : scores) value = std::exp(value - all);
  }
}
}  // namespace headroom::model
