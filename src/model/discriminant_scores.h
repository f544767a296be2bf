// Answers of classifiers that score each class by discriminant analysis.
#pragma once
#include <algorithm>
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/links.h"

namespace headroom::model {
/// How scores become probabilities: exp(s − max) / Σ, or (since scikit-learn 1.6) exp(s − max − log Σ).
enum class ScoreNormal : std::uint8_t { quotient, difference };

inline void normalise_scores(std::span<double> row, ScoreNormal normal) noexcept {
  if (normal == ScoreNormal::quotient) return softmax(row);
  const double largest = *std::ranges::max_element(row);
  double sum = 0;
  for (double& score : row) sum += std::exp(score -= largest);
  const double log_sum = std::log(sum);
  for (double& score : row) score = std::exp(score - log_sum);
}

/// predict: the first largest of a row's scores. decision_function: the scores, f64 [n, n_classes]; of two classes their difference,
/// [n, 1]. predict_proba: [n, n_classes].   score(row, scores): fills in one score a class; may not use scratch.b and c.
/// Source: sklearn.discriminant_analysis.DiscriminantAnalysisPredictionMixin.
template <class Score>
void answer_discriminant(Method method, const Rows& rows, std::size_t n_classes, ScoreNormal normal, Output& out, Scratch& scratch, const Score& score) {
  CHECK(method != Method::transform);
  const auto matrix = densify(rows, scratch.b);
  if (method == Method::predict_proba || (method == Method::decision_function && n_classes != 2)) {
    double* answer = answer_numbers(out, matrix.rows(), n_classes);
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      score(matrix.row(i), answer + i * n_classes);
      if (method == Method::predict_proba) normalise_scores({answer + i * n_classes, n_classes}, normal);
    }
    return;
  }
  scratch.c.resize(n_classes);
  double* decision = method == Method::decision_function ? answer_numbers(out, matrix.rows(), 1) : nullptr;
  std::int64_t* label = decision == nullptr ? answer_indexes(out, matrix.rows()) : nullptr;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    score(matrix.row(i), scratch.c.data());
    if (decision != nullptr) {
      decision[i] = scratch.c[1] - scratch.c[0];
    } else {
      label[i] = static_cast<std::int64_t>(argmax(scratch.c));
    }
  }
}
}  // namespace headroom::model
