// LocalOutlierFactor that looks for novelties.
#pragma once
#include <vector>

#include "model/neighbor_search.h"

namespace headroom::model {
/// decision_function: −mean(density of each neighbour / density of the row) − offset, f64 [n, 1]; the density of the row is
/// 1 / (mean over its neighbours of max(distance, the neighbour's own distance to its k-th) + 1e-10). predict: −1 where that is below 0.
/// Means are summed as numpy does.   Source: sklearn.neighbors._lof.LocalOutlierFactor.score_samples, decision_function, predict.
class LocalOutlier final : public Compiled {
 public:
  struct Spec {
    NeighborSearch search;            // k ≥ 1
    std::vector<double> reach;        // of each training row: its distance to its k-th neighbour
    std::vector<double> density;      // of each training row
    double offset = 0;
  };
  explicit LocalOutlier(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  [[nodiscard]] double decide(std::span<const double> row, Scratch& scratch) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
