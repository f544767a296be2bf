// Trees cut into tiles (model/tile.h).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "model/grove.h"
#include "model/tile.h"

namespace headroom::model {
/// At most kTileTogether rows as kernels read them (model/tile_rows.h fills them). rows: TiledTrees::row_length() biased values each, in whole
/// cache lines. columns: for each 64 rows what TiledTrees::transpose gives.
template <class Value>
struct TileRows {
  const std::make_signed_t<Value>* rows;
  const std::make_signed_t<Value>* columns;
  std::size_t count;
};

/// Value: std::uint8_t or std::uint32_t. Const and thread-safe once built.
template <class Value>
class TiledTrees {
 public:
  using Signed = std::make_signed_t<Value>;
  /// Nothing where this processor has no kernel for so many inputs, or they are too many. many_leaves: trees mostly have far more leaves than
  /// their tops have exits; then a tile stands behind each exit, even one for a leaf, and where it stands need not be looked up.
  [[nodiscard]] static std::optional<TiledTrees> of(std::size_t n_inputs, bool many_leaves);
  /// kernels: of tile_kernels(n_inputs). n_inputs > 0.
  TiledTrees(std::size_t n_inputs, bool many_leaves, TileKernels<Value> kernels) : n_inputs_(n_inputs), kernels_(kernels), many_leaves_(many_leaves) {}

  /// Takes a tree, whose features are told apart modulo `n_inputs`. numbers: one a node, of leaves their number in the tree. False if the tree
  /// is too large, or if tiles take far more memory than there are leaves for: then nothing here may be used.
  [[nodiscard]] bool add(const GroveTree<Value>& tree, std::vector<std::uint32_t>& numbers);
  /// Once, behind the last tree.
  void finish();
  /// Leaves are told by numbers of the caller's from now on, which do not count from a tree's own first leaf: number_of(i) < 2¹⁵ for the i-th
  /// leaf of all trees.
  template <class NumberOf>
  void renumber(NumberOf number_of);
  [[nodiscard]] std::size_t n_trees() const noexcept { return inputs_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept;
  [[nodiscard]] const char* kernel() const noexcept { return kernels_.name; }
  [[nodiscard]] std::size_t n_inputs() const noexcept { return n_inputs_; }
  [[nodiscard]] std::size_t row_length() const noexcept { return kernels_.row_length; }
  /// 64 rows of row_length() values as columns: row_length() × 64.
  void transpose(const Signed* rows, Signed* columns) const noexcept { kernels_.transpose(rows, columns); }

  /// One row through `count` ≤ kTileTogether trees from `first` on. row: row_length() biased values. leaves: those of tree t count from leaf_base(t) on.
  void walk_row(const Signed* row, std::size_t first, std::size_t count, std::uint16_t* leaves) const noexcept {
    (is_once_ ? kernels_.row_once : kernels_.row)(view(), first, count, row, leaves);
  }
  /// One row through all trees. fetch(i), where that pays, and later add(t, i): with each tree's t and its leaf's number i among the leaves of all trees.
  template <class Fetch, class Add>
  void for_leaves(const Signed* row, Fetch fetch, Add add) const noexcept;
  /// Neighbouring trees that share rows while these are in the first-level cache.
  static constexpr std::size_t kTreesTogether = 4;
  struct Trees {
    std::size_t first, count;   // ≤ kTreesTogether
  };
  /// Rows through some trees. leaves: kTileTogether a tree.
  void walk_trees(Trees trees, const TileRows<Value>& rows, std::uint16_t* leaves) const noexcept;
  [[nodiscard]] std::span<const Tile<Value>> tiles(std::size_t tree) const noexcept {
    const std::size_t last = tree + 1 < n_trees() ? first_tile_[tree + 1] : tiles_.size();
    return std::span(tiles_).subspan(first_tile_[tree], last - first_tile_[tree]);
  }
  /// The tree's first leaf, among the leaves of all trees.
  [[nodiscard]] std::size_t first_leaf(std::size_t tree) const noexcept { return first_leaf_[tree]; }
  /// What to add to a leaf that a walk has given, for its number among the leaves of all trees, or the
  /// caller's number. It wraps.
  [[nodiscard]] std::size_t leaf_base(std::size_t tree) const noexcept { return (renumbered_ ? 0 : std::size_t{first_leaf_[tree]}) - kLeafExit; }
  [[nodiscard]] std::size_t n_leaves() const noexcept { return n_leaves_; }

 private:
  [[nodiscard]] TileView<Value> view() const noexcept { return {thresholds_.data(), inputs_.data(), exits_.empty() ? nullptr : exits_.data(), tiles_.data(), first_tile_.data(), is_far_}; }
  void leave_top(std::size_t tree, const Signed* columns, Signed* paths) const noexcept;
  class Cutter;
  std::size_t n_inputs_ = 0;
  TileKernels<Value> kernels_;
  bool many_leaves_ = false, renumbered_ = false, is_far_ = false;
  bool is_once_ = false;   // every walk that leaves a top is over after one tile more
  std::vector<TopThresholds<Value>> thresholds_;
  std::vector<TopInputs<Value>> inputs_;
  std::vector<TopExits<Value>> exits_;   // none if many_leaves_
  std::vector<Tile<Value>> tiles_;
  std::vector<std::uint32_t> first_tile_, first_leaf_;   // of each tree
  std::size_t n_leaves_ = 0;
  // The tops in heap order, for walks of many rows at once: model/grove_top.h.
  std::vector<Signed> top_thresholds_;         // kTopNodes a tree
  std::vector<std::uint16_t> top_features_;    // the same
};
template <class Value>
template <class NumberOf>
void TiledTrees<Value>::renumber(NumberOf number_of) {
  for (std::size_t t = 0; t < n_trees(); ++t) {
    const auto change = [&](std::uint16_t& exit) {
      if (exit >= kLeafExit) exit = static_cast<std::uint16_t>(kLeafExit | number_of(leaf_base(t) + exit));
    };
    if (!exits_.empty()) std::ranges::for_each(exits_[t].exit, change);
    const std::size_t last = t + 1 < n_trees() ? first_tile_[t + 1] : tiles_.size();
    for (std::size_t i = first_tile_[t]; i < last; ++i) std::ranges::for_each(tiles_[i].exit, change);
  }
  renumbered_ = true;
}

template <class Value>
template <class Fetch, class Add>
void TiledTrees<Value>::for_leaves(const Signed* row, Fetch fetch, Add add) const noexcept {
  const std::size_t together = n_trees() <= kTileTogether ? kTileTogether / 4 : kTileTogether;   // so that adding leaves overlaps with walks
  std::uint16_t leaves[2][kTileTogether];   // of the trees before, whose values are on their way, and of those now
  for (std::size_t first = 0, now = 0; first < n_trees() + together; first += together, now ^= 1U) {
    if (first < n_trees()) {
      const std::size_t count = std::min(together, n_trees() - first);
      walk_row(row, first, count, leaves[now]);
      for (std::size_t t = 0; is_far_ && t < count; ++t) fetch(leaf_base(first + t) + leaves[now][t]);
    }
    if (first == 0) continue;
    const std::size_t before = first - together, count = std::min(together, n_trees() - before);
    for (std::size_t t = 0; t < count; ++t) add(before + t, leaf_base(before + t) + leaves[now ^ 1U][t]);
  }
}
}  // namespace headroom::model
