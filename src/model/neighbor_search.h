// The training rows nearest to a row: what neighbours vote with, local outlier factors and label propagation look at.
#pragma once
#include <span>
#include <vector>

#include "model/compiled.h"
#include "model/distance.h"

namespace headroom::model {
/// The k nearest training rows (of equally far ones those that came first in training), or all within a radius in the order of training.
/// A training row whose distance overflows is never a neighbour; the first training row stands in, infinitely far, where fewer than
/// k are left (the origin's heap of neighbours begins so).
/// Source: sklearn.neighbors._base.KNeighborsMixin.kneighbors, RadiusNeighborsMixin.radius_neighbors.
struct NeighborSearch {
  std::size_t n_features = 0;
  std::vector<double> rows;   // [count, n_features]
  Distance distance;
  std::size_t k = 0;          // ≤ count; 0: by radius
  double radius = 0;

  [[nodiscard]] std::size_t count() const noexcept { return n_features == 0 ? 0 : rows.size() / n_features; }
  /// Neighbours in scratch.indexes, their distances in scratch.a; how many there are. Overwrites scratch.c. row: n_features values.
  std::size_t find(std::span<const double> row, Scratch& scratch) const noexcept;
};
}  // namespace headroom::model
