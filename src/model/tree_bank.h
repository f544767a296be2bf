// Trees whose leaves are added up: the core of every booster.
#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/matrix_view.h"
#include "model/coded_trees.h"

namespace headroom::model {
/// Categories that go left at a node: one bit each. Codes beyond the bits, or −1, go left only if others_left.
struct CategorySet {
  std::vector<std::uint32_t> bits;
  bool others_left = false;
};

/// A leaf of LightGBM's linear trees: constant + Σ coefficient · feature, or the leaf's plain value if one of them is NaN.
struct LinearLeaf {
  double constant = 0;
  std::vector<std::uint32_t> columns;    // of the row, not of the inputs
  std::vector<double> coefficients;
};

/// One tree before compilation. Node 0 is the root; a node is a leaf if left < 0. One entry a node, but `values` has `width`.
/// Checked by the importer: children in range, every node reached at most once, features in range.
struct BoosterTree {
  std::vector<std::int32_t> left, right;
  std::vector<std::uint32_t> feature;       // index of an input
  std::vector<double> threshold;            // input ≤ threshold goes left; NaN: nothing does
  std::vector<std::uint8_t> missing_left;
  std::vector<std::int32_t> set;            // of `sets`, or −1; empty: no categorical node
  std::vector<CategorySet> sets;
  std::vector<double> values;
  std::vector<LinearLeaf> linear;           // one a node, or empty: leaves are their values, whatever those of other trees are
  std::uint32_t group = 0;                  // score that a leaf of one value is added to
};

/// Threshold: float or double, the type in which inputs are compared. Score: the type in which leaves are added, in tree order.
template <class Threshold, class Score>
class TreeBank {
 public:
  static constexpr std::size_t kBlockRows = 256;
  /// width: values a leaf; groups: scores a row (width of 1, or the same).
  TreeBank(std::size_t width, std::size_t groups) : width_(width), groups_(groups) {}

  /// Optional, before the first tree: memory for so many trees of so many nodes in all, so that what is there need not be copied as it grows.
  void reserve(std::size_t trees, std::size_t nodes);
  void add(const BoosterTree& tree);
  void finish();
  [[nodiscard]] std::size_t bytes() const;
  /// "8 walks in flight, 4-byte nodes; batches: AVX2", "63 nodes at once, AVX2; batches: AVX2", "tiles of 15 nodes, AVX-512; …".
  [[nodiscard]] std::string kernel() const;
  [[nodiscard]] std::size_t n_trees() const { return trees_.size(); }
  [[nodiscard]] bool has_linear() const { return !linear_.empty(); }

  /// Adds each tree's leaf to out[groups], in the order in which trees were added.
  void add_row(const Threshold* inputs, bool any_missing, std::span<const double> row, Score* out, CodedScratch& scratch) const noexcept;
  /// The same for at most kBlockRows rows of inputs, a tree at a time. Not for linear leaves.
  void add_block(MatrixView<const Threshold> inputs, bool any_missing, Score* out, CodedScratch& scratch) const noexcept;

 private:
  static constexpr std::uint32_t kMissingLeft = 0x80000000U, kCategorical = 0x40000000U, kFeature = 0x3fffffffU;
  static constexpr std::size_t kTogether = 8;    // walks in flight: enough to hide the latency of their loads
  enum class Walk : std::uint8_t { plain, missing, sets };

  /// As the forests' nodes: children side by side, root 1, a leaf's threshold NaN and its left its own index − 1. A categorical
  /// node's threshold holds the bits of the position of its set in sets_.
  struct Node {
    Threshold threshold;
    std::uint32_t feature;
    std::uint32_t left;
  };
  struct Tree {
    std::size_t first;
    std::uint32_t nodes, depth, original, group;
  };
  using Bits = std::conditional_t<sizeof(Threshold) == 4, std::uint32_t, std::uint64_t>;

  using ByteTrees = CodedTrees<ByteNode, Codes<Threshold, std::uint8_t>, Threshold, Score>;
  using LargeTrees = std::conditional_t<sizeof(Threshold) == 4, CodedTrees<WordNode, OrderedFloats, Threshold, Score>,
                                        CodedTrees<ShortNode, Codes<Threshold, std::uint16_t>, Threshold, Score>>;
  void code();
  template <class Coded>
  void code_as(Coded coded);
  template <class Encoder, class Value>
  void write(const Tree& tree, const Encoder& encoder, GroveTree<Value>& out) const;
  Node* append(std::size_t nodes);
  void fill_linear(std::size_t nodes);
  [[nodiscard]] bool is_coded() const { return coded_.index() != 0; }

  template <Walk walk>
  std::uint32_t next(const Node& node, const Threshold* row) const noexcept;
  template <std::size_t count, Walk walk>
  void descend(const Node* const* trees, const Threshold* const* rows, std::size_t depth, std::uint32_t* at) const noexcept;
  template <Walk walk>
  void walk_row(const Threshold* inputs, std::uint32_t* at) const noexcept;
  template <Walk walk>
  void walk_block(MatrixView<const Threshold> inputs, Score* out, std::uint32_t* at) const noexcept;
  bool goes_left(std::uint32_t set, Threshold code) const noexcept;
  void add_leaf(std::size_t node, std::uint32_t group, Score* out) const noexcept {
    if (width_ == 1) {
      out[group] += values_[node];
      return;
    }
    for (std::size_t k = 0; k < width_; ++k) out[k] += values_[node * width_ + k];
  }
  Score linear_leaf(std::size_t node, std::span<const double> row) const noexcept;

  std::size_t width_, groups_;
  std::vector<Tree> trees_;              // by depth
  std::vector<std::uint32_t> place_;     // original number → position in trees_
  std::vector<Node> nodes_;
  std::vector<Score> values_;            // width_ a node; only leaves' are read
  std::vector<std::uint32_t> sets_;      // number of bits (top bit: others go left), then the bits
  std::vector<LinearLeaf> linear_;       // one a node
  std::uint32_t largest_ = 0;            // nodes of the largest tree
  std::uint32_t n_inputs_ = 0;
  bool any_missing_left_ = false;
  std::vector<std::int32_t> queue_;      // while trees are added
  std::variant<std::monostate, ByteTrees, LargeTrees> coded_;   // then nodes_ and values_ are empty
};
}  // namespace headroom::model
