// Models that do not look at their input.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// predict: the same answer for each row, i64 [n, outputs] of a classifier. A classifier also has predict_proba, f64 [n, Σ classes]. Any row is taken, of any width: so does the origin.
/// Source: sklearn.dummy.DummyClassifier, DummyRegressor.
class Constant final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;       // 0: the file does not tell
    std::vector<std::int64_t> labels; // classifier: index of the class of each output; empty: a regressor
    std::vector<double> shares;       // classifier: of each class, the outputs side by side
    std::vector<double> numbers;      // regressor: one an output
    bool whole = false;               // the numbers are integers, and answered as such
  };
  explicit Constant(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
};

/// What stands in for a member whose question has one answer only: that number as predict, decision and second probability.
/// Source: sklearn.multiclass._ConstantPredictor.
class OneAnswer final : public Compiled {
 public:
  OneAnswer(std::size_t n_features, double answer);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  double answer_;
};
}  // namespace headroom::model
