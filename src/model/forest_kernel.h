// The walk from root to leaf, branch-free, several at a time: one row through eight trees, or eight rows through one tree.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace headroom::model {
/// Children stand side by side: right = left + 1. Indexes count within the tree; the root is 1. A leaf's threshold is NaN and its
/// left is its own index − 1, so that a walk that has arrived stays: no comparison with NaN is true, and right is itself.
/// The top bit of `feature` says that a missing value goes left.
struct NarrowNode {
  float threshold;
  std::uint16_t feature;
  std::uint16_t left;
  static constexpr std::uint16_t kMissingLeft = 0x8000;
};
struct WideNode {
  float threshold;
  std::uint32_t feature;
  std::uint32_t left;
  static constexpr std::uint32_t kMissingLeft = 0x80000000;
};

/// plain: no value is missing. missing: NaN follows the node's bit.
enum class Walk : std::uint8_t { plain, missing };

template <Walk walk, class Node>
inline std::uint32_t next(const Node& node, const float* row) noexcept {
  const auto feature = static_cast<std::uint32_t>(node.feature) & (Node::kMissingLeft - 1U);
  const float value = row[feature];
  bool right = !(value <= node.threshold);
  if constexpr (walk == Walk::missing) right = right & !((node.feature & Node::kMissingLeft) != 0 && std::isnan(value));
  return node.left + static_cast<std::uint32_t>(right);
}

/// Walks `count` pairs of (tree, row) at once, `depth` levels, and leaves the indexes of the leaves in `at`.
/// Deep trees are seldom balanced, so from time to time it looks whether all have arrived.
template <std::size_t count, Walk walk, class Node>
inline void descend(const Node* const* trees, const float* const* rows, std::size_t depth, std::uint32_t* at) noexcept {
  constexpr std::size_t kLevelsBetweenLooks = 4;
  std::uint32_t here[count];
  for (std::size_t k = 0; k < count; ++k) here[k] = 1;
  while (depth > 0) {
    const std::size_t levels = depth < kLevelsBetweenLooks ? depth : kLevelsBetweenLooks;
    std::uint32_t moved = 0;
    for (std::size_t level = 0; level < levels; ++level) {
      moved = 0;
      for (std::size_t k = 0; k < count; ++k) {
        const auto there = next<walk>(trees[k][here[k]], rows[k]);
        moved |= there ^ here[k];
        here[k] = there;
      }
    }
    if (moved == 0) break;
    depth -= levels;
  }
  for (std::size_t k = 0; k < count; ++k) at[k] = here[k];
}
}  // namespace headroom::model
