// Normalizer.
#pragma once
#include "model/row_transform.h"

namespace headroom::model {
/// signed_max: the largest value, not the largest absolute one, as scikit-learn took it before 0.23.
enum class Norm : std::uint8_t { l1, l2, max, signed_max };

/// transform: each row divided by its norm; a norm below `smallest` (and 0) counts as 1.
/// Source: sklearn.preprocessing._data.normalize. l1 and max are equal to the last bit; l2 within 2 ulp, for numpy's einsum sums in
/// an order that depends on the machine.
class Normalizer final : public RowTransform {
 public:
  Normalizer(std::size_t n_features, Norm norm, double smallest);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Norm norm_;
  double smallest_;
};
}  // namespace headroom::model
