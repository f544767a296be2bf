// Binarizer, FunctionTransformer of a numpy function, PowerTransformer.
#pragma once
#include <cstdint>
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// transform: 1 where the value is greater than threshold, else 0.  Source: sklearn.preprocessing._data.binarize.
class Binarizer final : public RowTransform {
 public:
  Binarizer(std::size_t n_features, double threshold);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  double threshold_;
};

using Elementary = double (*)(double);
/// numpy's function of that name ("log1p"), or expit or logit of scipy.special, nullptr if it is not served. Within 1 ulp or so of numpy's, whose own vector kernels differ
/// between machines.
[[nodiscard]] Elementary elementary(std::string_view name) noexcept;

/// What becomes of one value.
/// clip: numpy.clip between a and b (b where they cross), NaN stays. round: numpy.round to decimals, a being 10^|decimals|; round_up: to
/// places before the point. replace: numpy.nan_to_num with a for NaN, b for infinity, c for minus infinity.
struct Elementwise {
  enum class Kind : std::uint8_t { identity, plain, clip, round, round_up, replace };
  Kind kind = Kind::identity;
  Elementary function = nullptr;   // plain
  double a = 0, b = 0, c = 0;
  [[nodiscard]] double operator()(double x) const noexcept;
};

/// transform: function(value), or the value. Rows are not checked unless `is_checked`; then NaN and infinity are refused.
/// A transform without function passes text on.
/// Source: sklearn.preprocessing._function_transformer.FunctionTransformer.
class Function final : public Compiled {
 public:
  Function(std::size_t n_features, Elementwise function, bool is_checked);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  [[nodiscard]] bool is_identity() const noexcept { return function_.kind == Elementwise::Kind::identity; }
  Elementwise function_;
  bool is_checked_;
};

enum class Power : std::uint8_t { box_cox, yeo_johnson, yeo_johnson_expm1 };

/// transform: the power transform of each feature with its lambda, before any standardization. NaN stays NaN; Box-Cox refuses what is
/// not positive.  Source: sklearn.preprocessing._data.PowerTransformer; yeo_johnson_expm1 is scipy's form, used since 1.9.
class PowerTransform final : public RowTransform {
 public:
  /// width: in which 2 − lambda is taken: that of lambdas of float32 where numpy keeps it.
  PowerTransform(Power power, std::vector<double> lambdas, Width width = Width::f64);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Power power_;
  std::vector<double> lambdas_, rests_;
};
}  // namespace headroom::model
