// Discriminant analysis, linear and quadratic.
#pragma once
#include <vector>

#include "model/compiled.h"
#include "model/discriminant_scores.h"
#include "model/linear.h"

namespace headroom::model {
/// predict, decision_function, predict_proba as Linear; transform: (x − center) · projection, f64 [n, components].
/// Source: sklearn.discriminant_analysis.LinearDiscriminantAnalysis.
class LinearDiscriminant final : public Compiled {
 public:
  /// center: n_features values, or empty. projection: [components, n_features], or empty: then there is no transform.
  LinearDiscriminant(Linear::Spec linear, std::vector<double> center, std::vector<double> projection);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  void transform(const Rows& rows, Output& out, Scratch& scratch) const noexcept;
  Linear linear_;
  std::vector<double> center_, projection_;
};

/// score of a class: −½ (‖(x − mean) · rotation · scaling^−½‖² + Σ log scaling) + log prior.
/// decision_function: the scores, f64 [n, classes]; with two classes their difference, [n, 1]. predict: the first largest score.
/// Source: sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis.
class QuadraticDiscriminant final : public Compiled {
 public:
  struct Class {
    double log_prior = 0;
    double log_scaling = 0;          // Σ log scaling
    std::vector<double> mean;        // [n_features]
    std::vector<double> whitening;   // [rank, n_features]: rotation · scaling^−½, transposed
  };
  QuadraticDiscriminant(std::size_t n_features, std::vector<Class> classes, ScoreNormal normal);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  void scores(std::span<const double> row, std::vector<double>& buffer, double* out) const noexcept;
  std::vector<Class> classes_;
  ScoreNormal normal_;
};
}  // namespace headroom::model
