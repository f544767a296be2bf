// Undoing the transform of a regressor's target.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace headroom::model {
/// One elementwise step on the outputs of a row. values: one an output, unless said otherwise.
struct InverseStep {
  enum class Kind : std::uint8_t {
    multiply, divide, add, subtract,                       // by values
    exp, expm1, exp2, log, log1p, log2, log10, sqrt, square, cbrt, reciprocal, negative, absolute, sinh, arcsinh, tanh, arctanh,   // no values
    yeo_johnson, box_cox, box_cox_log1p,                   // values: lambda; box_cox_log1p as scipy.special.inv_boxcox computes it
    quantile_uniform, quantile_normal,                     // values: [outputs, references.size()] quantiles
  };
  Kind kind;
  std::vector<double> values;
  std::vector<double> references;   // of quantile_*: ascending, from 0 to 1

  /// Sources: inverse_transform of sklearn.preprocessing._data's scalers, PowerTransformer and QuantileTransformer; numpy.
  void apply(std::span<double> row) const noexcept;
};
}  // namespace headroom::model
