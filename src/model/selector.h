// Feature selection: some of the columns.
#pragma once
#include <vector>

#include "model/check_rows.h"
#include "model/compiled.h"

namespace headroom::model {
/// transform: the chosen columns in their order.  Source: sklearn.feature_selection._base.SelectorMixin.transform.
class Selector final : public Compiled {
 public:
  /// chosen: not empty, ascending, < n_features. nan: whether the origin takes it; if so it takes infinity, too.
  Selector(std::size_t n_features, std::vector<std::uint32_t> chosen, Nan nan);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override { return magnitude; }

 private:
  std::vector<std::uint32_t> chosen_;
  Nan nan_;
};

/// RFE and RFECV: transform is the selector's; all else is what the estimator says that was fitted on the chosen columns.
/// Source: sklearn.feature_selection._rfe.RFE.
class SelectedEstimator final : public Compiled {
 public:
  /// inner: takes as many columns as the selector gives.
  SelectedEstimator(CompiledPtr selector, CompiledPtr inner);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  CompiledPtr selector_, inner_;
};
}  // namespace headroom::model
