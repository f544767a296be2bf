// TreeEnsembleClassifier and TreeEnsembleRegressor: lists of nodes, named by the tree's and their own number.
#include <algorithm>
#include <unordered_map>

#include "importers/onnx_ops.h"
#include "importers/onnx_trees.h"

namespace headroom::importers {
namespace {
using Key = std::pair<std::int64_t, std::int64_t>;   // tree, node
struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept { return std::hash<std::int64_t>{}(key.first * 0x9e3779b97f4a7c15LL ^ key.second); }
};
using Index = std::unordered_map<Key, std::uint32_t, KeyHash>;

Read<model::TreeMode> mode_of(const OnnxNodeReader& node, std::string_view name) {
  using enum model::TreeMode;
  if (name == "LEAF") return leaf;
  if (name == "BRANCH_LEQ") return leq;
  if (name == "BRANCH_LT") return lt;
  if (name == "BRANCH_GTE") return gte;
  if (name == "BRANCH_GT") return gt;
  if (name == "BRANCH_EQ") return eq;
  if (name == "BRANCH_NEQ") return neq;
  return node.refuse("the mode " + formats::printable(name) + " is not known", "nodes_modes");
}

struct Lists {
  std::vector<std::int64_t> trees, ids, yes, no, features, nan_is_true;
  std::vector<double> thresholds;
};

Read<bool> same_size(const OnnxNodeReader& node, std::size_t size, std::size_t wanted, const std::string& name) {
  if (size != wanted) return node.refuse(std::to_string(size) + " values, but there are " + std::to_string(wanted), name);
  return true;
}

Read<Lists> read_lists(const OnnxNodeReader& node) {
  Lists out;
  HEADROOM_TRY(ids, node.wholes("nodes_nodeids"));
  if (ids.empty()) return node.refuse("there are no tree nodes", "nodes_nodeids");
  const std::pair<const char*, std::vector<std::int64_t>*> lists[] = {{"nodes_treeids", &out.trees}, {"nodes_truenodeids", &out.yes}, {"nodes_falsenodeids", &out.no}, {"nodes_featureids", &out.features}};
  for (const auto& [name, list] : lists) {
    HEADROOM_TRY(values, node.wholes(name));
    HEADROOM_TRY_VOID(same_size(node, values.size(), ids.size(), name));
    *list = std::move(values);
  }
  HEADROOM_TRY(thresholds, node.numbers("nodes_values"));
  HEADROOM_TRY_VOID(same_size(node, thresholds.size(), ids.size(), "nodes_values"));
  HEADROOM_TRY(nan_is_true, node.wholes("nodes_missing_value_tracks_true"));
  if (!nan_is_true.empty()) HEADROOM_TRY_VOID(same_size(node, nan_is_true.size(), ids.size(), "nodes_missing_value_tracks_true"));
  out.ids = std::move(ids);
  out.thresholds = std::move(thresholds);
  out.nan_is_true = std::move(nan_is_true);
  return out;
}

Read<bool> read_nodes(const OnnxNodeReader& node, model::OnnxTrees& trees, Index& index) {
  HEADROOM_TRY(lists, read_lists(node));
  const auto* modes = node.find("nodes_modes");
  HEADROOM_TRY_VOID(same_size(node, modes == nullptr ? 0 : modes->texts.size(), lists.ids.size(), "nodes_modes"));
  const std::size_t count = lists.ids.size();
  index.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!index.emplace(Key{lists.trees[i], lists.ids[i]}, static_cast<std::uint32_t>(i)).second) return node.refuse("the node " + std::to_string(lists.ids[i]) + " of the tree " + std::to_string(lists.trees[i]) + " is there twice", "nodes_nodeids");
  }
  for (std::size_t i = 0; i < count; ++i) {
    model::OnnxTreeNode& out = trees.nodes.emplace_back();
    HEADROOM_TRY(mode, mode_of(node, modes->texts[i]));
    out.mode = mode;
    if (i == 0 || lists.trees[i] != lists.trees[i - 1]) trees.roots.push_back(static_cast<std::uint32_t>(i));
    if (mode == model::TreeMode::leaf) continue;
    out.nan_is_true = !lists.nan_is_true.empty() && lists.nan_is_true[i] == 1;
    out.threshold = lists.thresholds[i];
    HEADROOM_TRY(feature, tree_feature(node, lists.features[i]));
    out.feature = feature;
    const auto child = [&](std::int64_t id, const char* name) -> Read<std::uint32_t> {
      const auto found = index.find(Key{lists.trees[i], id});
      if (found == index.end()) return node.refuse("the tree " + std::to_string(lists.trees[i]) + " has no node " + std::to_string(id), name);
      return found->second;
    };
    HEADROOM_TRY(yes, child(lists.yes[i], "nodes_truenodeids"));
    HEADROOM_TRY(no, child(lists.no[i], "nodes_falsenodeids"));
    out.yes = yes;
    out.no = no;
  }
  return true;
}

/// Leaves' weights in the order of the trees and nodes; those of inner nodes are passed over, as ONNX Runtime does.
Read<bool> read_weights(const OnnxNodeReader& node, const std::string& prefix, const Index& index, model::OnnxTrees& trees) {
  HEADROOM_TRY(ids, node.wholes(prefix + "_ids"));
  HEADROOM_TRY(nodes, node.wholes(prefix + "_nodeids"));
  HEADROOM_TRY(tree_ids, node.wholes(prefix + "_treeids"));
  HEADROOM_TRY(values, node.numbers(prefix + "_weights"));
  HEADROOM_TRY_VOID(same_size(node, nodes.size(), ids.size(), prefix + "_nodeids"));
  HEADROOM_TRY_VOID(same_size(node, tree_ids.size(), ids.size(), prefix + "_treeids"));
  HEADROOM_TRY_VOID(same_size(node, values.size(), ids.size(), prefix + "_weights"));
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order;   // node, place in the lists
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= static_cast<std::int64_t>(trees.n_targets)) return node.refuse("the number " + std::to_string(ids[i]) + ", but there are " + std::to_string(trees.n_targets), prefix + "_ids");
    const auto found = index.find(Key{tree_ids[i], nodes[i]});
    if (found == index.end()) return node.refuse("the tree " + std::to_string(tree_ids[i]) + " has no node " + std::to_string(nodes[i]), prefix + "_nodeids");
    if (trees.nodes[found->second].mode == model::TreeMode::leaf) order.emplace_back(found->second, static_cast<std::uint32_t>(i));
  }
  std::sort(order.begin(), order.end());
  for (const auto& [leaf, place] : order) {
    auto& out = trees.nodes[leaf];
    if (out.no == 0) out.yes = static_cast<std::uint32_t>(trees.weights.size());
    ++out.no;
    trees.weights.push_back({static_cast<std::uint32_t>(ids[place]), values[place]});
  }
  for (const auto& one : trees.nodes) {
    if (one.mode == model::TreeMode::leaf && one.no == 0) return node.refuse("a leaf has no weight", prefix + "_nodeids");
  }
  return true;
}

Read<model::Aggregate> read_aggregate(const OnnxNodeReader& node) {
  HEADROOM_TRY(name, node.text("aggregate_function", "SUM"));
  using enum model::Aggregate;
  if (name == "SUM") return sum;
  if (name == "AVERAGE") return average;
  if (name == "MIN") return min;
  if (name == "MAX") return max;
  return node.refuse("the aggregate_function " + formats::printable(name) + " is not known", "aggregate_function");
}

Read<bool> only_known(const OnnxNodeReader& node, bool is_classifier) {
  if (is_classifier) {
    return node.only({"base_values", "base_values_as_tensor", "class_ids", "class_nodeids", "class_treeids", "class_weights", "class_weights_as_tensor", "classlabels_int64s", "classlabels_strings", "nodes_falsenodeids", "nodes_featureids", "nodes_hitrates",
                      "nodes_hitrates_as_tensor", "nodes_missing_value_tracks_true", "nodes_modes", "nodes_nodeids", "nodes_treeids", "nodes_truenodeids", "nodes_values", "nodes_values_as_tensor", "post_transform"});
  }
  return node.only({"aggregate_function", "base_values", "base_values_as_tensor", "n_targets", "nodes_falsenodeids", "nodes_featureids", "nodes_hitrates", "nodes_hitrates_as_tensor", "nodes_missing_value_tracks_true", "nodes_modes", "nodes_nodeids",
                    "nodes_treeids", "nodes_truenodeids", "nodes_values", "nodes_values_as_tensor", "post_transform", "target_ids", "target_nodeids", "target_treeids", "target_weights", "target_weights_as_tensor"});
}
}  // namespace

Read<std::uint32_t> tree_feature(const OnnxNodeReader& node, std::int64_t feature) {
  const auto& shape = node.input(0).shape;
  const std::int64_t width = shape.empty() ? 0 : shape.back();
  if (feature < 0 || feature >= width || feature >= (1 << 27)) return node.refuse("the feature " + std::to_string(feature) + ", but there are " + std::to_string(width), "nodes_featureids");
  return static_cast<std::uint32_t>(feature);
}

Read<bool> check_trees(const OnnxNodeReader& node, const model::OnnxTrees& trees, std::string_view attribute) {
  std::vector<bool> seen(trees.nodes.size(), false);
  std::vector<std::uint32_t> open;
  for (const auto root : trees.roots) {
    open.push_back(root);
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (seen[at]) return node.refuse("a tree's node is reached twice: the trees have a cycle", attribute);
      seen[at] = true;
      if (trees.nodes[at].mode == model::TreeMode::leaf) continue;
      open.push_back(trees.nodes[at].yes);
      open.push_back(trees.nodes[at].no);
    }
  }
  return true;
}

Read<model::Kernel> import_trees(const OnnxNodeReader& node) {
  const bool is_classifier = node.op() == "TreeEnsembleClassifier";
  HEADROOM_TRY_VOID(only_known(node, is_classifier));
  model::OnnxTrees trees;
  if (is_classifier) {
    HEADROOM_TRY(labels, node.labels("classlabels_strings", "classlabels_int64s"));
    trees.labels = std::move(labels);
    trees.n_targets = trees.labels.size();
    if (trees.n_targets < 2) return node.refuse("there is one class label; two are needed", "classlabels_int64s");
  } else {
    HEADROOM_TRY(targets, node.whole("n_targets", 0));
    if (targets < 1 || targets > 0xffffff) return node.refuse(std::to_string(targets) + " targets", "n_targets");
    trees.n_targets = static_cast<std::size_t>(targets);
    HEADROOM_TRY(aggregate, read_aggregate(node));
    trees.aggregate = aggregate;
  }
  HEADROOM_TRY(transform, node.post_transform());
  HEADROOM_TRY(base, node.numbers("base_values"));
  const bool fits = base.empty() || base.size() == trees.n_targets || (is_classifier && trees.n_targets == 2 && base.size() == 1);
  if (!fits) return node.refuse(std::to_string(base.size()) + " base values for " + std::to_string(trees.n_targets) + " scores", "base_values");
  trees.transform = transform;
  trees.base = std::move(base);
  Index index;
  HEADROOM_TRY_VOID(read_nodes(node, trees, index));
  HEADROOM_TRY_VOID(read_weights(node, is_classifier ? "class" : "target", index, trees));
  HEADROOM_TRY_VOID(check_trees(node, trees, "nodes_truenodeids"));
  const auto& shape = node.input(0).shape;
  trees.n_features = shape.empty() ? 0 : static_cast<std::size_t>(shape.back());
  const auto input = node.input(0).element;
  return is_classifier ? model::tree_classifier_kernel(trees, input) : model::tree_regressor_kernel(trees, input);
}
}  // namespace headroom::importers
