// IsotonicRegression.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// predict and transform: the line through the points at the value of the one feature; beyond them the outer value, NaN, or a refusal.
/// Equal to the last bit.   Source: sklearn.isotonic.IsotonicRegression._transform, numpy.interp.
class Isotonic final : public Compiled {
 public:
  enum class Beyond : std::uint8_t { clipped, nan, refused };
  struct Spec {
    std::vector<double> x, y;   // x ascends strictly; not empty; one point stands for every value
    double low = 0, high = 0;   // X_min_, X_max_
    Beyond beyond = Beyond::nan;
  };
  explicit Isotonic(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return magnitude >= 0 && spec_.beyond != Beyond::refused; }

 private:
  Spec spec_;
};
}  // namespace headroom::model
