// Linear regressors: LinearRegression and its like, generalized linear models, PLSRegression.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// What the linear predictor becomes.
enum class Inverse : std::uint8_t { identity, exp };

/// predict: rows · coefᵀ + intercept, f64 [n, outputs]; before it x − center, then / scale, where they are given; after it exp for
/// a logarithmic link. transform (PLS, if it has rotations): (x − center) / rotation_scale · rotations, f64 [n, components].
/// Dot products as in Linear.
/// Sources: sklearn.linear_model._base.LinearModel.predict, _glm.glm, sklearn.cross_decomposition._pls.
class LinearRegressor final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> coef;             // [outputs, n_features]
    std::vector<double> intercept;        // [outputs]
    std::vector<double> center, scale;    // n_features each, or empty
    Inverse inverse = Inverse::identity;
    std::vector<double> rotations;        // [components, n_features], or empty
    std::vector<double> rotation_scale;   // n_features
  };
  explicit LinearRegressor(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  void transform(std::span<const double> row, std::vector<double>& shifted, double* out) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
