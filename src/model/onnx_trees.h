// TreeEnsembleClassifier, TreeEnsembleRegressor, TreeEnsemble.
#pragma once
#include "model/onnx_scores.h"

namespace headroom::model {
/// How a node compares the input with its threshold; member: with a set of numbers.
enum class TreeMode : std::uint8_t { leaf, leq, lt, gte, gt, eq, neq, member };

struct OnnxTreeNode {
  TreeMode mode = TreeMode::leaf;
  bool nan_is_true = false;
  std::uint32_t feature = 0;     // below 2^27
  double threshold = 0;          // member: the set's number
  std::uint32_t yes = 0, no = 0; // nodes; of a leaf its first weight and how many it has
};

struct OnnxWeight {
  std::uint32_t target = 0;
  double value = 0;
};

enum class Aggregate : std::uint8_t { sum, average, min, max };

/// Checked by the importer: children, weights, sets and targets exist, each node is reached once.
struct OnnxTrees {
  std::vector<OnnxTreeNode> nodes;
  std::vector<std::uint32_t> roots;
  std::vector<OnnxWeight> weights;
  std::vector<std::vector<double>> sets;
  std::vector<double> base;
  std::size_t n_targets = 1;
  std::size_t n_features = 0;        // the widest index, and one
  Aggregate aggregate = Aggregate::sum;
  PostTransform transform = PostTransform::none;
  bool answers_double = false;       // TreeEnsemble of doubles: its result is double, too
  OnnxLabels labels;                 // of a classifier: n_targets of them
};

/// x [n, features] → labels [n], scores [n, labels] in float32. input: of x. Thresholds, weights and sums are double where x is, else
/// float32. Each tree's leaf is added in the order of the trees, the base at the end.
/// Source: ONNX Runtime, core/providers/cpu/ml/tree_ensemble_common.h and tree_ensemble_aggregator.h.
[[nodiscard]] Kernel tree_classifier_kernel(const OnnxTrees& trees, Element input);
/// → [n, n_targets].
[[nodiscard]] Kernel tree_regressor_kernel(const OnnxTrees& trees, Element input);
}  // namespace headroom::model
