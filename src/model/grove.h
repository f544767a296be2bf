// Decision trees as walks see them: one flat array of small nodes for all of them, whatever their leaves hold.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace headroom::model {
/// Nodes of a grove compare whole numbers, which stand for the model's: floats as ordered_bits, others by codes (model/codes.h). The
/// children stand side by side, the left one `delta` nodes behind its parent. A value ≤ threshold goes left, all others go right. Values
/// are at least 1, but for those that always go left. A leaf's threshold is below every value of feature 0 and its delta is −1, so that a
/// walk which has arrived stays.
struct WordNode {    // 8 bytes
  using Value = std::uint32_t;
  std::uint32_t threshold;
  std::uint16_t feature;
  std::int16_t delta;
};
struct WideNode {    // more features, or larger trees, or more leaves
  using Value = std::uint32_t;
  std::uint32_t threshold;
  std::uint32_t feature;
  std::int32_t delta;
  std::uint32_t leaf;
};
struct ByteNode {    // 4 bytes
  using Value = std::uint8_t;
  std::uint8_t threshold;
  std::uint8_t feature;
  std::int16_t delta;
};
struct ShortNode {   // 8 bytes
  using Value = std::uint16_t;
  std::uint16_t threshold;
  std::uint16_t feature;
  std::int32_t delta;
};

/// Floats in their order: ordered_bits(a) < ordered_bits(b) exactly when a < b; −0 and +0 are one. Not of NaN. At least kLowestBits.
[[nodiscard]] inline std::uint32_t ordered_bits(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F);
  return bits ^ ((bits >> 31U) != 0 ? 0xffffffffU : 0x80000000U);
}
inline constexpr std::uint32_t kLowestBits = 0x007fffffU;     // of −∞
inline constexpr std::uint32_t kMissingRight = 0xffffffffU;   // above every threshold
inline constexpr std::uint32_t kMissingLeft = 0;

/// A tree before it joins a grove. Node 0 is the root; a node is a leaf if left < 0. One entry a node.
template <class Value>
struct GroveTree {
  std::vector<std::int32_t> left, right;
  std::vector<std::uint32_t> feature;   // < the grove's width
  std::vector<Value> threshold;         // no leaf's is read; 0: nothing goes left
};

/// What there will be in all, so that arrays need not be moved as they grow. Addresses are taken for it, no more memory than is filled.
struct ForestSize {
  std::size_t trees = 0, nodes = 0;
};

/// How far walks go before it is worth looking who has arrived, and at most.
struct WalkDepth {
  std::uint32_t sure = 0, most = 0;
};

template <class Node>
class Grove {
 public:
  using Value = typename Node::Value;
  using Signed = std::make_signed_t<Value>;
  static constexpr std::size_t kBlockRows = 64;   // rows that share a tree while it is in the cache

  /// Whether trees of at most so many nodes over so many inputs can be told by this kind of node.
  [[nodiscard]] static bool fits(std::size_t width, std::size_t largest_tree) noexcept;

  /// A line may stay half empty, so there are at most so many places for each node.
  static constexpr std::size_t kMostPlaces = 2;
  /// Optional, before the first tree.
  void reserve(ForestSize size);
  /// Takes a tree; gives where each of its nodes stands now.
  std::vector<std::uint32_t> add(const GroveTree<Value>& tree);
  /// Once, behind the last tree.
  void finish();
  [[nodiscard]] std::size_t n_trees() const noexcept { return roots_.size(); }
  /// Places that nodes can stand at: some are empty.
  [[nodiscard]] std::size_t n_places() const noexcept { return lines_.size() * kOfLine; }
  [[nodiscard]] std::size_t bytes() const noexcept;
  [[nodiscard]] const Node* nodes() const noexcept { return lines_.data()->nodes; }
  [[nodiscard]] Node& node(std::size_t place) noexcept { return lines_[place / kOfLine].nodes[place % kOfLine]; }
  /// The same trees at the same places as another kind of node.
  template <class Other>
  [[nodiscard]] Grove<Other> converted() const;

  /// One row through all trees: at[n_trees()] gets the places of the leaves. row: as many values as the largest feature needs.
  void walk_row(const Value* row, std::uint32_t* at) const noexcept;
  /// `count` ≤ kBlockRows rows through one tree. rows: `width` values each. columns: the same as `biased` values, feature after feature,
  /// kBlockRows each, all of them readable.
  void walk_tree(std::size_t tree, const Value* rows, std::size_t width, const Signed* columns, std::size_t count, std::uint32_t* at) const noexcept;
  /// Whether all walks are over within the levels that `paths` tells.
  [[nodiscard]] bool is_shallow() const noexcept;
  /// The first levels of one of the trees, in heap order. exits: kTopNodes + 1 places.
  struct Top {
    std::span<const Signed> thresholds;
    std::span<const std::uint16_t> features;
    std::span<const std::uint32_t> exits;
  };
  [[nodiscard]] Top top(std::size_t tree) const noexcept;
  /// The decisions of kBlockRows rows in them, from the root on as bits, 1 = right, the first one highest: which exit.
  void paths(std::size_t tree, const Signed* columns, Signed* out) const noexcept;
  /// For registers that compare signed numbers only.
  [[nodiscard]] static Signed biased(Value value) noexcept { return static_cast<Signed>(value ^ static_cast<Value>(Value{1} << (8 * sizeof(Value) - 1))); }

 private:
  template <class>
  friend class Grove;
  static constexpr std::size_t kOfLine = 64 / sizeof(Node);   // nodes of a cache line
  static constexpr std::size_t kBlockTrees = 64;              // trees whose walks are looked after together
  struct alignas(64) Line {
    Node nodes[kOfLine];
  };
  std::vector<std::uint32_t> arrange(const GroveTree<Value>& tree) const;
  void add_top(const GroveTree<Value>& tree, std::span<const std::uint32_t> places);

  std::vector<Line> lines_;
  std::vector<std::uint32_t> roots_;
  std::vector<WalkDepth> depths_;          // of each tree
  std::vector<WalkDepth> block_depths_;    // of each kBlockTrees trees
  // The first levels of each tree as a complete tree in heap order, for walks of many rows at once: model/grove_top.h.
  bool has_tops_ = true;                       // false where a feature's number has more than 16 bits, and for many tiny trees
  std::vector<Signed> top_thresholds_;         // kTopNodes a tree
  std::vector<std::uint16_t> top_features_;    // the same
  std::vector<std::uint32_t> top_exits_;       // kTopNodes + 1 a tree: where the walk goes on
};
}  // namespace headroom::model
