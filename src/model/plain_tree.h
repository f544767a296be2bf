// A tree of a booster on its way into its fast form.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/grove.h"

namespace headroom::model {
/// A tree as it is read. Node 0 is the root; a node is a leaf if left < 0. One entry a node, but `values` has `width`.
template <class Threshold, class Score>
struct PlainTree {
  std::vector<std::int32_t> left, right;
  std::vector<std::uint32_t> feature;
  std::vector<Threshold> threshold;
  std::vector<std::uint8_t> missing_left;
  std::vector<Score> values;
  std::uint32_t group = 0;   // score that a leaf of one value is added to
};

/// Inputs stand twice: nodes at which missing values go left look at the second one.
template <class Value, class Threshold, class Score, class Encoder>
[[nodiscard]] GroveTree<Value> coded_tree(const PlainTree<Threshold, Score>& tree, const Encoder& encoder, std::size_t n_inputs) {
  GroveTree<Value> coded{tree.left, tree.right, {}, {}};
  coded.feature.resize(tree.left.size());
  coded.threshold.resize(tree.left.size());
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    if (tree.left[i] < 0) continue;
    coded.feature[i] = tree.feature[i] + (tree.missing_left[i] != 0 ? static_cast<std::uint32_t>(n_inputs) : 0U);
    coded.threshold[i] = encoder.of_threshold(tree.feature[i], tree.threshold[i]);
  }
  return coded;
}
}  // namespace headroom::model
