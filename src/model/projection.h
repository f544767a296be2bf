// PCA and other transforms that are one product with a matrix.
#pragma once
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// transform: (row − mean) / deviation · componentsᵀ, or row · componentsᵀ − offset, then divided by scale, or its logistic function. Dot products are summed in eight fixed
/// lanes: within 8 ulp of Σ|xᵢwᵢ| of the origin's.
/// Sources: sklearn.decomposition._base._BasePCA.transform (mean up to 1.4, offset since), _truncated_svd.TruncatedSVD, _fastica.FastICA,
/// _factor_analysis.FactorAnalysis, sklearn.neighbors._nca, sklearn.random_projection, sklearn.cross_decomposition._pls.PLSSVD,
/// sklearn.neural_network._rbm.BernoulliRBM: transform of each.
class Projection final : public RowTransform {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::size_t n_components = 0;
    std::vector<double> components;   // [n_components, n_features]
    std::vector<double> mean;         // n_features, or empty
    std::vector<double> deviation;    // n_features, or empty; only with a mean
    std::vector<double> offset;       // n_components, or empty
    std::vector<double> scale;        // n_components, or empty
    bool is_logistic = false;
  };
  explicit Projection(Spec spec);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Spec spec_;
};
}  // namespace headroom::model
