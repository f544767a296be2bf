// A tree of a booster on its way into its fast form.
#pragma once
#include <cstdint>
#include <vector>

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
}  // namespace headroom::model
