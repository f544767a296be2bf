// The training rows nearest to a row: what neighbours vote with, local outlier factors and label propagation look at.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "model/compiled.h"
#include "model/distance.h"
#include "model/numpy_partition.h"

namespace headroom::model {
/// The k-d tree or ball tree of the file. It is searched as scikit-learn searches it, because the order in which rows are met decides
/// which of equally far ones are kept.   Source: sklearn.neighbors._binary_tree, _kd_tree, _ball_tree.
struct NeighborTree {
  struct Node {
    std::uint32_t start = 0, end = 0;   // of order; start ≤ end
    bool is_leaf = true;                // else its children are 2 i + 1 and 2 i + 2
    double radius = 0;                  // ball tree
  };
  std::vector<std::uint32_t> order;     // rows
  std::vector<Node> nodes;
  std::vector<double> low, high;        // [nodes, n_features]: a box each; of a ball tree low is the centre, high empty
};

/// The k nearest training rows, or all within a radius in the order of training.
/// A training row whose distance overflows is never a neighbour; the first training row stands in, infinitely far, where fewer than
/// k are left (the origin's heap of neighbours begins so).
/// Source: sklearn.neighbors._base.KNeighborsMixin.kneighbors, RadiusNeighborsMixin.radius_neighbors.
struct NeighborSearch {
  /// How the k are found, which tells whom of equally far rows it takes.
  enum class By : std::uint8_t {
    tree,        // rows pushed on a heap as the tree is walked
    heap,        // in the order of training (brute force since scikit-learn 1.1)
    partition,   // numpy.argpartition of all distances
  };
  std::size_t n_features = 0;
  std::vector<double> rows;   // [count, n_features]
  Distance distance;
  std::size_t k = 0;          // ≤ count; 0: by radius
  double radius = 0;
  By by = By::heap;
  NeighborTree tree;
  Partition partition = Partition::introselect;

  [[nodiscard]] std::size_t count() const noexcept { return n_features == 0 ? 0 : rows.size() / n_features; }
  /// Neighbours in scratch.indexes, their distances in scratch.a, nearest first (of equally far ones the first in training), or in the
  /// order of training by radius; how many there are. Overwrites scratch.c. row: n_features values.
  std::size_t find(std::span<const double> row, Scratch& scratch) const noexcept;

 private:
  std::size_t within_radius(std::span<const double> row, Scratch& scratch) const noexcept;
  void fill_heap(std::span<const double> row, Scratch& scratch) const noexcept;
};
}  // namespace headroom::model
