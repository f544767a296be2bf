// The class whose centroid is nearest.
#pragma once
#include <vector>

#include "model/compiled.h"
#include "model/distance.h"

namespace headroom::model {
/// predict: the first nearest centroid. With deviations (scikit-learn ≥ 1.6) also decision_function and predict_proba, of
/// −distance² + 2 log prior with x and centroid divided by the deviations; predict is their largest where the priors differ.
/// Source: sklearn.neighbors._nearest_centroid.NearestCentroid.
class NearestCentroid final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> centroids;    // [classes, n_features]
    Distance distance;
    std::vector<double> deviations;   // [n_features], or empty
    std::vector<double> priors;       // [classes], with deviations
  };
  explicit NearestCentroid(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
  std::vector<double> scaled_;        // centroids / deviations
  bool by_score_ = false;             // predict, too
};
}  // namespace headroom::model
