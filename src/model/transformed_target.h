// A regressor whose target was transformed before it learned it.
#pragma once
#include <vector>

#include "model/compiled.h"
#include "model/inverse.h"

namespace headroom::model {
/// predict: the regressor's answer, undone step by step.
/// Source: sklearn.compose._target.TransformedTargetRegressor.predict.
class TransformedTarget final : public Compiled {
 public:
  /// regressor answers predict in f64, with as many outputs as the steps have values for.
  TransformedTarget(CompiledPtr regressor, std::vector<InverseStep> steps);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  CompiledPtr regressor_;
  std::vector<InverseStep> steps_;
};
}  // namespace headroom::model
