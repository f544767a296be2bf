// BisectingKMeans.
#pragma once
#include <cstdint>
#include <vector>

#include "model/centres.h"

namespace headroom::model {
/// predict: down a tree of clusters, each time to the nearer of two centres, the left one of equally near ones; i64 indexes into the classes,
/// which are the clusters. transform: the distances to the centres of all clusters, as Centres.
/// Source: sklearn.cluster._bisect_k_means.BisectingKMeans.
class Bisecting final : public Compiled {
 public:
  struct Node {
    std::int32_t left = -1, right = -1;   // indexes among the nodes, of which the first is the root; < 0: a leaf
    std::size_t label = 0;                // of a leaf: its cluster
  };
  /// leaves: the clusters' centres, with transform. centres: [nodes, n_features].
  Bisecting(Centres::Spec leaves, std::vector<Node> nodes, std::vector<double> centres);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Centres leaves_;
  std::vector<Node> nodes_;
  std::vector<double> centres_, norms_;
};
}  // namespace headroom::model
