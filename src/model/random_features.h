// RBFSampler and SkewedChi2Sampler.
#pragma once
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// transform: cos(row · weights + offset) times a scale; of SkewedChi2Sampler of the logarithm of row + skewedness, which must be above 0.
/// Within 8 ulp of Σ|xᵢwᵢ| of the origin's angle.   Sources: sklearn.kernel_approximation.RBFSampler, SkewedChi2Sampler: transform.
class RandomFeatures final : public RowTransform {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> weights;   // [outputs, n_features]
    std::vector<double> offset;    // [outputs]
    double scale = 1;
    bool is_logarithm = false;
    double skewedness = 0;
  };
  explicit RandomFeatures(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return magnitude >= 0 && !spec_.is_logarithm; }
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Spec spec_;
};
}  // namespace headroom::model
