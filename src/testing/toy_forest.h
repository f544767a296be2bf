// Random trees and rows, of any shape, from a seed.
#pragma once
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "model/forest.h"

namespace headroom::testing_models {
struct ToyForest {
  std::size_t trees = 100;
  std::size_t depth = 8;       // of the deepest branch
  std::size_t features = 4;
  std::size_t classes = 3;
  bool full = true;            // false: branches end at random
};

/// A tree whose thresholds lie in [0, 1) and whose leaves sum to 1.
inline model::TreeSpec toy_tree(const ToyForest& shape, Rng& rng) {
  model::TreeSpec tree;
  struct Open { std::size_t node, level; };
  std::vector<Open> open;
  const auto add = [&](std::size_t level) {
    const std::size_t node = tree.left.size();
    tree.left.push_back(-1);
    tree.right.push_back(-1);
    tree.feature.push_back(-2);
    tree.threshold.push_back(-2);
    tree.missing_left.push_back(static_cast<std::uint8_t>(rng.below(2)));
    double sum = 0;
    for (std::size_t k = 0; k < shape.classes; ++k) sum += tree.values.emplace_back(rng.uniform());
    for (std::size_t k = 0; k < shape.classes; ++k) tree.values[node * shape.classes + k] /= sum;
    open.push_back({node, level});
    return static_cast<std::int32_t>(node);
  };
  add(0);
  while (!open.empty()) {
    const auto [node, level] = open.back();
    open.pop_back();
    if (level == shape.depth || (!shape.full && rng.below(3) == 0)) continue;
    tree.feature[node] = static_cast<std::int32_t>(rng.below(shape.features));
    tree.threshold[node] = rng.uniform();
    const auto left = add(level + 1);
    const auto right = add(level + 1);
    tree.left[node] = left;
    tree.right[node] = right;
  }
  return tree;
}

inline std::vector<model::TreeSpec> toy_trees(const ToyForest& shape, Rng& rng) {
  std::vector<model::TreeSpec> trees;
  for (std::size_t i = 0; i < shape.trees; ++i) trees.push_back(toy_tree(shape, rng));
  return trees;
}

inline std::shared_ptr<model::Forest> compile(const model::ForestSpec& spec, const std::vector<model::TreeSpec>& trees) {
  model::Forest::Builder builder(spec);
  for (const auto& tree : trees) builder.add(tree);
  return builder.build();
}
}  // namespace headroom::testing_models
