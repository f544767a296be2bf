// AdditiveChi2Sampler.
#pragma once
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// transform: √(x L), then for each step j ≥ 1 all features' √(2 x L / cosh(π j L)) times the cosine, then the sine of j L ln x; 0 for
/// x = 0; f64 [n, n_features (2 steps − 1)]. A negative x is refused. Within 4 ulp of each factor, as numpy's functions are.
/// Source: sklearn.kernel_approximation.AdditiveChi2Sampler.transform.
class Chi2Features final : public RowTransform {
 public:
  /// steps ≥ 1. interval: L.
  Chi2Features(std::size_t n_features, std::size_t steps, double interval);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return magnitude < 0; }

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  double interval_;
  std::vector<double> damping_;   // cosh(π j L) of each step but the first
};
}  // namespace headroom::model
