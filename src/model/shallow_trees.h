// Trees of a booster that are over within their first levels: each exit's value stands in the exits' order, so no leaf need be found.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/grove.h"
#include "model/grove_top.h"
#include "model/tile.h"

namespace headroom::model {
/// Leaves of one value, added to the score of their tree's group in the order of trees.
template <class Node, class Score>
class ShallowTrees {
 public:
  using Value = typename Node::Value;
  using Signed = typename Grove<Node>::Signed;

  /// grove: is_shallow(), with inputs twice as CodedTrees has them. values: one a place. group: one a tree.
  ShallowTrees(const Grove<Node>& grove, std::span<const Score> values, std::span<const std::uint32_t> group, std::size_t groups, std::size_t n_inputs)
      : group_(group.begin(), group.end()), groups_(groups) {
    for (std::size_t t = 0; t < group_.size(); ++t) {
      for (const auto place : grove.top(t).exits) values_.push_back(values[place]);
    }
    if constexpr (sizeof(Value) == 1) take_row_tops(grove, n_inputs);
  }
  /// Whether this processor compares a row with whole trees at once.
  [[nodiscard]] bool takes_rows() const noexcept { return !inputs_.empty(); }
  [[nodiscard]] const char* kernel() const noexcept { return kernels_.name; }
  [[nodiscard]] std::size_t bytes() const noexcept { return values_.size() * sizeof(Score) + group_.size() * sizeof(std::uint32_t) + inputs_.size() * (sizeof(TopThresholds<std::uint8_t>) + sizeof(TopInputs<std::uint8_t>)); }

  /// A row in which nothing is missing. codes: kTileInputs of them, biased. out: [groups].
  void add_row(const std::int8_t* codes, Score* out) const noexcept {
    if (groups_ > 1) return add_exits(codes, [&](std::size_t t, Score value) { out[group_[t]] += value; });
    Score sum = out[0];   // in a register: the compiler cannot know that the values are not what is written to
    add_exits(codes, [&](std::size_t, Score value) { sum += value; });
    out[0] = sum;
  }
  /// columns: as Grove::walk_tree takes them. out: [count, groups].
  void add_block(const Grove<Node>& grove, const Signed* columns, std::size_t count, Score* out) const noexcept {
    Signed exit[Grove<Node>::kBlockRows];
    for (std::size_t t = 0; t < group_.size(); ++t) {
      grove.paths(t, columns, exit);
      const Score* values = values_.data() + t * kExits;
      Score* scores = out + group_[t];
      if (groups_ == 1) {
        for (std::size_t i = 0; i < count; ++i) scores[i] += values[exit[i]];
      } else {
        for (std::size_t i = 0; i < count; ++i) scores[i * groups_] += values[exit[i]];
      }
    }
  }

 private:
  static constexpr std::size_t kExits = kTopNodes<Value> + 1;

  void take_row_tops(const Grove<Node>& grove, std::size_t n_inputs) {
    const auto kernels = tile_kernels<std::uint8_t>(n_inputs);
    if (kernels.empty()) return;
    kernels_ = kernels.back();
    for (std::size_t t = 0; t < group_.size(); ++t) {
      const auto top = grove.top(t);
      auto& thresholds = thresholds_.emplace_back();
      auto& inputs = inputs_.emplace_back();
      for (std::size_t i = 0; i < top.features.size(); ++i) {
        const auto place = top_position<std::uint8_t>(i);
        thresholds.threshold[place] = top.thresholds[i];
        inputs.input[place] = static_cast<std::uint8_t>(top.features[i] % n_inputs);
      }
    }
  }
  template <class Add>
  void add_exits(const std::int8_t* codes, Add add) const noexcept {
    constexpr std::size_t kTogether = 32;   // trees: while the last ones' leaves are added, the next ones' tops are compared
    std::uint8_t exit[kTogether];
    for (std::size_t first = 0; first < group_.size(); first += kTogether) {
      const std::size_t count = std::min(kTogether, group_.size() - first);
      kernels_.tops(thresholds_.data() + first, inputs_.data() + first, count, codes, exit);
      const Score* values = values_.data() + first * kExits;
      for (std::size_t t = 0; t < count; ++t) add(first + t, values[t * kExits + exit[t]]);
    }
  }

  std::vector<Score> values_;          // kExits a tree
  std::vector<std::uint32_t> group_;   // of each tree
  std::size_t groups_;
  std::vector<TopThresholds<std::uint8_t>> thresholds_;   // or none
  std::vector<TopInputs<std::uint8_t>> inputs_;
  TileKernels<std::uint8_t> kernels_;
};
}  // namespace headroom::model
