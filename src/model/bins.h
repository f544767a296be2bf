// KBinsDiscretizer.
#pragma once
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// How a value meets the edges: strict since scikit-learn 1.1; before, the value was raised by 1e-8 + 1e-5·|value| first.
enum class BinEdges : std::uint8_t { exact, blurred };

/// transform: for each feature the number of its bin (ordinal), or a column a bin that is 1 for it (one-hot).
/// Source: sklearn.preprocessing._discretization.KBinsDiscretizer.transform; equal to the last bit.
class Bins final : public RowTransform {
 public:
  /// edges: for each feature at least two, ascending, without NaN.
  struct Spec {
    std::vector<std::vector<double>> edges;
    BinEdges how = BinEdges::exact;
    bool one_hot = false;
    bool in_float32 = false;   // values are rounded to float32 before they meet an edge
  };
  explicit Bins(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Spec spec_;
};
}  // namespace headroom::model
