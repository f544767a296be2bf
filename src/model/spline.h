// SplineTransformer.
#pragma once
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// The B-splines of one feature. Source: scipy.interpolate.BSpline.
struct Splines {
  std::size_t degree = 0;
  std::size_t inwards = 0;     // the knot at which the inner part begins: the degree, but see low()
  std::vector<double> knots;   // ascending; more than 2 · degree + 1
  std::vector<double> coef;    // [knots − degree − 1, outputs]

  [[nodiscard]] std::size_t n_bases() const noexcept { return knots.size() - degree - 1; }
  [[nodiscard]] std::size_t n_outputs() const noexcept { return coef.size() / n_bases(); }
  /// Between them the splines are evaluated. By lines of degree 0 and 1 the origin counts one knot further inwards after each feature, up to 2,
  /// so that high() may lie below low().
  [[nodiscard]] double low() const noexcept { return knots[inwards]; }
  [[nodiscard]] double high() const noexcept { return knots[knots.size() - 1 - inwards]; }
  /// The values at x, or the first derivatives. Outside of [low, high] the first and the last piece go on.   out: n_outputs values.
  void evaluate(double x, bool slope, double* out) const noexcept;
};

/// transform: for each feature its splines at the value, without the last where there is no bias.
/// Equal to scipy's recurrence, operation for operation.   Source: sklearn.preprocessing._polynomial.SplineTransformer.transform.
class SplineTransform final : public RowTransform {
 public:
  /// What stands beyond the outer knots: nothing (refused), the value there, a line, the outer piece, or all again.
  enum class Beyond : std::uint8_t { refused, constant, linear, going_on, periodic };
  struct Spec {
    std::vector<Splines> features;   // all of one degree and number of outputs
    Beyond beyond = Beyond::constant;
    bool has_bias = true;
    bool nan_is_zeros = false;       // else it is refused
  };
  explicit SplineTransform(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return magnitude >= 0 && spec_.beyond != Beyond::refused; }

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  void extend(const Splines& splines, double x, double* out, std::vector<double>& buffer) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
