// Tiled trees and what their leaves add to a row's scores.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "model/add_leaf.h"
#include "model/tiled_trees.h"
#include "model/trim.h"

namespace headroom::model {
/// A leaf has `width` values, which are added to the scores from the tree's group on, tree by tree in the order in which they were added.
template <class Value, class Score>
class TiledScores {
 public:
  using Signed = typename TiledTrees<Value>::Signed;

  /// Nothing where TiledTrees::of gives nothing.
  [[nodiscard]] static std::optional<TiledScores> of(std::size_t n_inputs, bool many_leaves, std::size_t width, std::size_t groups) {
    auto trees = TiledTrees<Value>::of(n_inputs, many_leaves);
    if (!trees) return std::nullopt;
    return TiledScores(*std::move(trees), width, groups);
  }
  /// Optional, before the first tree.
  void reserve(ForestSize size) { values_.reserve((size.nodes / 2 + size.trees) * width_); }
  /// values: `width` a node; only leaves' are read. False where TiledTrees::add says it: then nothing here may be used.
  [[nodiscard]] bool add(const GroveTree<Value>& tree, std::span<const Score> values, std::uint32_t group) {
    std::vector<std::uint32_t> numbers;
    const std::size_t before = trees_.n_leaves();
    if (!trees_.add(tree, numbers)) return false;
    values_.resize(trees_.n_leaves() * width_);
    for (std::size_t i = 0; i < tree.left.size(); ++i) {
      if (tree.left[i] < 0) std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i * width_), width_, values_.begin() + static_cast<std::ptrdiff_t>((before + numbers[i]) * width_));
    }
    group_.push_back(group);
    return true;
  }
  void finish() {
    trees_.finish();
    trim(values_);
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return trees_.bytes() + values_.size() * sizeof(Score) + group_.size() * sizeof(std::uint32_t); }
  [[nodiscard]] const char* kernel() const noexcept { return trees_.kernel(); }

  [[nodiscard]] const TiledTrees<Value>& trees() const noexcept { return trees_; }

  /// row: trees().row_length() biased values. out: [groups].
  void add_row(const Signed* row, Score* out) const noexcept {
    if (width_ == 1 && groups_ == 1) {
      Score sum = out[0];   // in a register: the compiler cannot know that the values are not what is written to
      for_leaves(row, [&](std::size_t, const Score* leaf) { sum += *leaf; });
      out[0] = sum;
      return;
    }
    with_width(width_, [&]<std::size_t width>() { for_leaves(row, [&](std::size_t t, const Score* leaf) { add_leaf<width>(leaf, width_, out + group_[t]); }); });
  }
  /// out: [rows, groups].
  void add_block(const TileRows<Value>& rows, Score* out) const noexcept {
    constexpr std::size_t kTogether = TiledTrees<Value>::kTreesTogether;
    std::uint16_t leaves[kTogether * kTileTogether];
    const Score* values = values_.data();
    with_width(width_, [&]<std::size_t width>() {
      for (std::size_t first = 0; first < group_.size(); first += kTogether) {
        const std::size_t count = std::min(kTogether, group_.size() - first);
        for (std::size_t k = 0; k < count; ++k) fetch(first + kTogether + k);
        trees_.walk_trees({first, count}, rows, leaves);
        for (std::size_t k = 0; k < count; ++k) {
          const std::size_t base = trees_.leaf_base(first + k);
          Score* scores = out + group_[first + k];
          for (std::size_t i = 0; i < rows.count; ++i) add_leaf<width>(values + (base + leaves[k * kTileTogether + i]) * width_, width_, scores + i * groups_);
        }
      }
    });
  }

 private:
  TiledScores(TiledTrees<Value> trees, std::size_t width, std::size_t groups) : trees_(std::move(trees)), width_(width), groups_(groups) {}

  /// What the walks of a tree will read is on its way while the tree before is walked.
  void fetch(std::size_t tree) const noexcept {
    if (tree >= group_.size()) return;
    const auto fetch_all = [](const auto* data, std::size_t count) {
      constexpr std::size_t kLine = 64;
      const auto* bytes = reinterpret_cast<const char*>(data);
      for (std::size_t i = 0; i < count * sizeof(*data); i += kLine) __builtin_prefetch(bytes + i, 0, 2);
    };
    const auto tiles = trees_.tiles(tree);
    fetch_all(tiles.data(), tiles.size());
    const std::size_t first = trees_.first_leaf(tree);
    const std::size_t last = tree + 1 < group_.size() ? trees_.first_leaf(tree + 1) : trees_.n_leaves();
    fetch_all(values_.data() + first * width_, (last - first) * width_);
  }

  template <class Add>
  void for_leaves(const Signed* row, Add add) const noexcept {
    const Score* values = values_.data();
    trees_.for_leaves(row, [&](std::size_t leaf) { __builtin_prefetch(values + leaf * width_); }, [&](std::size_t t, std::size_t leaf) { add(t, values + leaf * width_); });
  }

  TiledTrees<Value> trees_;
  std::size_t width_, groups_;
  std::vector<Score> values_;          // `width` a leaf
  std::vector<std::uint32_t> group_;   // of each tree
};
}  // namespace headroom::model
