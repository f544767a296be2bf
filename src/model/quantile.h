// QuantileTransformer.
#pragma once
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// clipped_uniform: uniform as scikit-learn 0.20 gave it, whose ends were those of the normal one: 1e-7 within 0 and 1.
enum class Distribution : std::uint8_t { uniform, clipped_uniform, normal };

/// numpy.interp(x, xs, ys): linear between points, constant beyond them. xs ascending, not empty; x is no NaN. Equal to the last bit.
[[nodiscard]] double interpolate(double x, std::span<const double> xs, std::span<const double> ys) noexcept;

/// The normal distribution's quantile (scipy.stats.norm.ppf), within 2 ulp.
[[nodiscard]] double normal_quantile(double p) noexcept;

/// transform: where the value stands among the feature's quantiles, then its normal quantile if that is asked for. NaN stays NaN.
/// Source: sklearn.preprocessing._data.QuantileTransformer._transform_col.
class Quantile final : public RowTransform {
 public:
  /// quantiles: [n_features][references], each ascending. references: ascending.
  Quantile(std::vector<std::vector<double>> quantiles, std::vector<double> references, Distribution distribution);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  std::vector<std::vector<double>> quantiles_;
  std::vector<std::vector<double>> mirrored_;      // −quantiles, last first
  std::vector<double> references_;
  std::vector<double> mirrored_references_;
  Distribution distribution_;
};
}  // namespace headroom::model
