#include "model/neighbor_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headroom::model {
namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The k smallest values so far, the largest of them first; the same swaps as sklearn.utils._heap.heap_push.
class Heap {
 public:
  /// Both of k; filled with infinity and row 0.
  Heap(std::span<double> values, std::span<std::uint32_t> rows) : values_(values), rows_(rows) {
    std::ranges::fill(values_, kInfinity);
    std::ranges::fill(rows_, 0U);
  }
  [[nodiscard]] double largest() const noexcept { return values_[0]; }
  void push(double value, std::uint32_t row) noexcept {
    if (value >= values_[0]) return;
    const std::size_t size = values_.size();
    std::size_t at = 0;
    for (;;) {
      const std::size_t left = 2 * at + 1, right = left + 1;
      if (left >= size) break;
      const std::size_t child = right >= size || values_[left] >= values_[right] ? left : right;
      if (!(value < values_[child])) break;
      values_[at] = values_[child];
      rows_[at] = rows_[child];
      at = child;
    }
    values_[at] = value;
    rows_[at] = row;
  }

 private:
  std::span<double> values_;
  std::span<std::uint32_t> rows_;
};

/// One walk down the tree, nearer halves first.
class Walk {
 public:
  Walk(const NeighborSearch& search, const double* row, Heap& heap) : search_(search), row_(row), heap_(heap) {}

  /// The least reduced distance of the row to what is in the node.
  [[nodiscard]] double bound(std::size_t node) const noexcept {
    const std::size_t n = search_.n_features;
    const double* low = search_.tree.low.data() + node * n;
    const Distance& distance = search_.distance;
    if (search_.tree.high.empty()) return distance.reduce(std::fmax(0, distance(row_, low, n) - search_.tree.nodes[node].radius));
    const double* high = search_.tree.high.data() + node * n;
    const double p = distance.kind == Distance::Kind::manhattan ? 1 : distance.kind == Distance::Kind::minkowski ? distance.p : 2;
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double below = low[j] - row_[j], above = row_[j] - high[j];
      const double outside = 0.5 * ((below + std::fabs(below)) + (above + std::fabs(above)));
      sum = distance.kind == Distance::Kind::chebyshev ? std::fmax(sum, outside) : sum + std::pow(outside, p);
    }
    return sum;
  }
  void visit(std::size_t node, double least) noexcept {
    if (least > heap_.largest()) return;
    const NeighborTree::Node& at = search_.tree.nodes[node];
    if (at.is_leaf) {
      for (std::uint32_t i = at.start; i < at.end; ++i) {
        const std::uint32_t row = search_.tree.order[i];
        heap_.push(search_.distance.reduced(row_, search_.rows.data() + row * search_.n_features, search_.n_features), row);
      }
      return;
    }
    const std::size_t left = 2 * node + 1, right = left + 1;
    const double of_left = bound(left), of_right = bound(right);
    const bool is_left_first = of_left <= of_right;
    visit(is_left_first ? left : right, is_left_first ? of_left : of_right);
    visit(is_left_first ? right : left, is_left_first ? of_right : of_left);
  }

 private:
  const NeighborSearch& search_;
  const double* row_;
  Heap& heap_;
};

/// Whether a stands before b; NaN is the farthest.
bool is_nearer(double a, double b) noexcept { return a < b || (std::isnan(b) && !std::isnan(a)); }
}  // namespace

/// Reduced distances of k rows in scratch.c, the rows in scratch.indexes.
void NeighborSearch::fill_heap(std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t n = count();
  scratch.indexes.resize(n);
  if (by == By::partition) {
    scratch.a.resize(n);
    scratch.c.resize(k);
    const auto reduced_to = [&](std::size_t i) { return distance.reduced(row.data(), rows.data() + i * n_features, n_features); };
    // numpy compares the distances themselves, of which two may be equal though they are not before the root; only euclidean ones are squared.
    for (std::size_t i = 0; i < n; ++i) scratch.a[i] = distance.kind == Distance::Kind::euclidean ? reduced_to(i) : distance.restore(reduced_to(i));
    argpartition({scratch.a.data(), n}, k, {scratch.indexes.data(), n}, partition);
    for (std::size_t i = 0; i < k; ++i) scratch.c[i] = reduced_to(scratch.indexes[i]);
    return;
  }
  scratch.c.resize(k);
  Heap heap(scratch.c, {scratch.indexes.data(), k});
  if (by == By::tree) {
    Walk walk(*this, row.data(), heap);
    walk.visit(0, walk.bound(0));
    return;
  }
  for (std::size_t i = 0; i < n; ++i) heap.push(distance.reduced(row.data(), rows.data() + i * n_features, n_features), static_cast<std::uint32_t>(i));
}

std::size_t NeighborSearch::within_radius(std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t n = count();
  scratch.a.resize(n);
  scratch.indexes.resize(n);
  std::size_t found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double away = distance(row.data(), rows.data() + i * n_features, n_features);
    if (!(away <= radius)) continue;
    scratch.indexes[found] = static_cast<std::uint32_t>(i);
    scratch.a[found++] = away;   // found ≤ i: nothing that is still needed is overwritten
  }
  return found;
}

std::size_t NeighborSearch::find(std::span<const double> row, Scratch& scratch) const noexcept {
  if (k == 0) return within_radius(row, scratch);
  fill_heap(row, scratch);
  // Infinitely far ones go last, and are row 0. The others stand once each, so that their distances can stand at their rows.
  scratch.a.resize(count());
  std::size_t real = 0;
  for (std::size_t i = 0; i < k; ++i) {
    if (scratch.c[i] == kInfinity) continue;
    scratch.a[scratch.indexes[i]] = scratch.c[i];
    scratch.indexes[real++] = scratch.indexes[i];
  }
  const auto nearer = [&](std::uint32_t i, std::uint32_t j) {
    return is_nearer(scratch.a[i], scratch.a[j]) || (!is_nearer(scratch.a[j], scratch.a[i]) && i < j);
  };
  std::sort(scratch.indexes.begin(), scratch.indexes.begin() + static_cast<std::ptrdiff_t>(real), nearer);
  std::fill(scratch.indexes.begin() + static_cast<std::ptrdiff_t>(real), scratch.indexes.begin() + static_cast<std::ptrdiff_t>(k), 0U);
  for (std::size_t i = 0; i < k; ++i) scratch.c[i] = i < real ? distance.restore(scratch.a[scratch.indexes[i]]) : kInfinity;
  std::ranges::copy(scratch.c, scratch.a.begin());
  return k;
}
}  // namespace headroom::model
