// The nearest of some centres, and the distances to all of them: KMeans and its like.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// predict: the label of the first nearest centre (i64 indexes into classes, which are the labels in order). transform, where the origin has
/// it: the distances to all centres, by ‖x‖² − 2 x·c + ‖c‖²: within that sum's rounding of the origin's, which shows where a row is a centre.
/// Sources: sklearn.cluster._kmeans.KMeans, MiniBatchKMeans; _birch.Birch; _mean_shift.MeanShift; _affinity_propagation.AffinityPropagation.
class Centres final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> centres;         // [count, n_features]
    std::vector<std::size_t> labels;     // of each: an index into the classes
    bool has_transform = false;
    bool by_whole_distance = true;       // the nearest is found by ‖x‖² − 2 x·c + ‖c‖², not without ‖x‖²: huge rows are as far from all centres
  };
  explicit Centres(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
  std::vector<double> norms_;   // ‖c‖²
};
}  // namespace headroom::model
