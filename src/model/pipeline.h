// Transforms one after the other, and perhaps an estimator at the end.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// Each step takes what the step before gives; the last answers the method asked for.
/// validate: what each step's own validate says of the rows as they reach it. Rows of moderate numbers, which no step can turn
/// into infinities, are passed without running the transforms; for others they are run.
/// Wide intermediate rows (a text vectorizer's) are made a few at a time, so that memory stays bounded.
/// Source: sklearn.pipeline.Pipeline.
class Pipeline final : public Compiled {
 public:
  /// steps: not empty, all but the last with Method::transform, each as wide as the one before gives. Takes the info of the last
  /// step, and n_features, features, their kinds and ranges of the first.
  explicit Pipeline(std::vector<CompiledPtr> steps);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override;

 private:
  [[nodiscard]] expected<void, RowError> validate_block(const Rows& rows) const;
  void predict_block(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept;
  std::vector<CompiledPtr> steps_;
  double safe_magnitude_ = 0;   // rows of numbers up to this that the first step takes cannot be refused by any later one
  std::size_t block_rows_ = 0;  // that go through the steps at once
};
}  // namespace headroom::model
