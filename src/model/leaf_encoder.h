// RandomTreesEmbedding: which leaf of each tree a row falls into.
#pragma once
#include <cstdint>
#include <vector>

#include "model/forest.h"
#include "model/row_transform.h"

namespace headroom::model {
/// transform: a 1 for each tree in the column of the row's leaf, else 0, f64 [n, leaves of all trees]. Inputs are rounded to float32.
/// Source: sklearn.ensemble._forest.RandomTreesEmbedding.transform: the one-hot encoding of apply.
class LeafEncoder final : public RowTransform {
 public:
  struct Node {
    float threshold = 0;         // x ≤ threshold goes left
    std::uint32_t feature = 0;
    std::int32_t left = -1;      // index among all nodes; < 0: a leaf
    std::int32_t right = 0;      // of a leaf: its column
    bool missing_left = false;
  };
  class Builder {
   public:
    /// tree: as the importer has checked it. Leaves get their columns in the order of their nodes.
    void add(const TreeSpec& tree);
    [[nodiscard]] std::size_t nodes() const noexcept { return nodes_.size(); }
    [[nodiscard]] std::shared_ptr<LeafEncoder> build(std::size_t n_features, Nan nan);

   private:
    std::vector<Node> nodes_;
    std::vector<std::int32_t> roots_;
    std::size_t leaves_ = 0;
  };
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override { return magnitude >= 0 ? 1 : magnitude; }

 private:
  LeafEncoder(std::size_t n_features, std::size_t leaves, Nan nan, std::vector<Node> nodes, std::vector<std::int32_t> roots);
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  std::vector<Node> nodes_;
  std::vector<std::int32_t> roots_;
  Nan nan_;
};
}  // namespace headroom::model
