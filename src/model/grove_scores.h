// A grove and what its leaves add to a row's scores.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/matrix_view.h"
#include "model/add_leaf.h"
#include "model/grove.h"
#include "model/trim.h"

namespace headroom::model {
/// A leaf has `width` values, which are added to the scores from the tree's group on, tree by tree in the order in which they were added.
template <class Node, class Score>
class GroveScores {
 public:
  using Value = typename Node::Value;
  using Signed = typename Grove<Node>::Signed;
  static constexpr std::size_t kBlockRows = Grove<Node>::kBlockRows;

  GroveScores(std::size_t width, std::size_t groups) : width_(width), groups_(groups) {}
  /// Optional, before the first tree.
  void reserve(ForestSize size) {
    grove_.reserve(size);
    values_.reserve(Grove<Node>::kMostPlaces * size.nodes * width_);
    group_.reserve(size.trees);
  }
  /// values: `width` a node; only leaves' are read.
  void add(const GroveTree<Value>& tree, std::span<const Score> values, std::uint32_t group) {
    const auto places = grove_.add(tree);
    values_.resize(grove_.n_places() * width_);
    for (std::size_t i = 0; i < tree.left.size(); ++i) {
      if (tree.left[i] < 0) std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i * width_), width_, values_.begin() + static_cast<std::ptrdiff_t>(places[i] * width_));
    }
    group_.push_back(group);
  }
  void finish() {
    grove_.finish();
    trim(values_);
  }
  [[nodiscard]] const Grove<Node>& grove() const noexcept { return grove_; }
  [[nodiscard]] std::span<const Score> values() const noexcept { return values_; }             // `width` a place
  [[nodiscard]] std::span<const std::uint32_t> group() const noexcept { return group_; }       // of each tree
  [[nodiscard]] std::size_t bytes() const noexcept { return grove_.bytes() + values_.size() * sizeof(Score) + group_.size() * sizeof(std::uint32_t); }

  /// row: as Grove::walk_row takes it. out: [groups].
  void add_row(const Value* row, Score* out, std::vector<std::uint32_t>& room) const noexcept {
    room.resize(grove_.n_trees());
    std::uint32_t* at = room.data();
    grove_.walk_row(row, at);
    if (width_ == 1 && groups_ == 1) {
      Score sum = out[0];   // in a register
      for (std::size_t t = 0; t < group_.size(); ++t) sum += values_[at[t]];
      out[0] = sum;
      return;
    }
    with_width(width_, [&]<std::size_t width>() {
      for (std::size_t t = 0; t < group_.size(); ++t) add_leaf<width>(values_.data() + at[t] * width_, width_, out + group_[t]);
    });
  }
  /// At most kBlockRows rows, as Grove::walk_tree takes them. out: [rows, groups].
  void add_block(MatrixView<const Value> rows, const Signed* columns, Score* out) const noexcept {
    std::uint32_t at[kBlockRows];
    with_width(width_, [&]<std::size_t of_leaf>() {
      for (std::size_t t = 0; t < group_.size(); ++t) {
        grove_.walk_tree(t, rows.data(), rows.columns(), columns, rows.rows(), at);
        Score* scores = out + group_[t];
        for (std::size_t i = 0; i < rows.rows(); ++i) add_leaf<of_leaf>(values_.data() + at[i] * width_, width_, scores + i * groups_);
      }
    });
  }

 private:
  std::size_t width_, groups_;
  Grove<Node> grove_;
  std::vector<Score> values_;
  std::vector<std::uint32_t> group_;
};
}  // namespace headroom::model
