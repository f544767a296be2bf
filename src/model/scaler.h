// StandardScaler.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// transform: (x − mean) / scale for each value, f64 [n, n_features]; NaN stays NaN.
/// An empty mean or scale leaves that step out (with_mean, with_std).
/// Source: sklearn.preprocessing._data.StandardScaler.transform; equal to the last bit for float64 input.
class Scaler final : public Compiled {
 public:
  /// mean, scale: n_features values each, or empty.
  Scaler(std::size_t n_features, std::vector<double> mean, std::vector<double> scale);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  std::vector<double> mean_;
  std::vector<double> scale_;
};
}  // namespace headroom::model
