// EllipticEnvelope.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// decision_function: −(Mahalanobis distance to the location)² − offset, f64 [n, 1]; the distance is a square root, as the origin's is.
/// predict: 1 where that is 0 or more, else −1.
/// Source: sklearn.covariance._elliptic_envelope.EllipticEnvelope; scipy.spatial.distance.cdist.
class EllipticEnvelope final : public Compiled {
 public:
  struct Spec {
    std::vector<double> location;    // [n_features]
    std::vector<double> precision;   // [n_features, n_features]
    double offset = 0;
    std::size_t pairs_from = 4;      // features from which scipy, as it is built, adds even and odd terms apart
  };
  explicit EllipticEnvelope(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  [[nodiscard]] double decide(std::span<const double> row, Scratch& scratch) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
