// MinMaxScaler, MaxAbsScaler, RobustScaler.
#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// transform: each value of a feature is centred, multiplied, divided, shifted and clipped, in this order, each step rounded by itself
/// as in the origin, so the answer is equal to the last bit. NaN stays NaN.
/// Sources: sklearn.preprocessing._data, MinMaxScaler.transform (multiply, shift, clip), MaxAbsScaler.transform (divide, clip),
/// RobustScaler.transform (centre, divide).
class Affine final : public RowTransform {
 public:
  /// n_features values each, or empty for a step that is left out.
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> subtract, multiply, divide, add;
    std::optional<std::pair<double, double>> clip;
  };
  explicit Affine(Spec spec);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Spec spec_;
};
}  // namespace headroom::model
