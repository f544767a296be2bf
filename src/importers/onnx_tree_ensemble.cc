// TreeEnsemble of ONNX-ML 5: inner nodes and leaves in lists of their own, children by place.
#include <cmath>

#include "importers/onnx_ops.h"
#include "importers/onnx_trees.h"

namespace headroom::importers {
namespace {
struct Lists {
  std::vector<std::int64_t> features, yes, no, yes_leaf, no_leaf, nan_is_true, targets;
  std::vector<std::int64_t> modes;
  std::vector<double> splits, weights, members;
};

Read<std::vector<double>> tensor_numbers(const OnnxNodeReader& node, std::string_view name) {
  HEADROOM_TRY(tensor, node.tensor(name));
  if (tensor == nullptr) return std::vector<double>();
  if (tensor->type == formats::OnnxType::f32) return std::vector<double>(tensor->f32.begin(), tensor->f32.end());
  if (tensor->type == formats::OnnxType::f64) return tensor->f64;
  return node.refuse("the tensor holds no floats or doubles", name);
}

Read<bool> same_size(const OnnxNodeReader& node, std::size_t size, std::size_t wanted, std::string_view name) {
  if (size != wanted) return node.refuse(std::to_string(size) + " values, but there are " + std::to_string(wanted), name);
  return true;
}

Read<Lists> read_lists(const OnnxNodeReader& node) {
  Lists out;
  const std::pair<const char*, std::vector<std::int64_t>*> lists[] = {{"nodes_featureids", &out.features}, {"nodes_truenodeids", &out.yes}, {"nodes_falsenodeids", &out.no}, {"nodes_trueleafs", &out.yes_leaf},
                                                                      {"nodes_falseleafs", &out.no_leaf}, {"nodes_missing_value_tracks_true", &out.nan_is_true}, {"leaf_targetids", &out.targets}};
  for (const auto& [name, list] : lists) {
    HEADROOM_TRY(values, node.wholes(name));
    *list = std::move(values);
  }
  HEADROOM_TRY(modes, node.tensor("nodes_modes"));
  if (modes != nullptr) out.modes = modes->whole;
  HEADROOM_TRY(splits, tensor_numbers(node, "nodes_splits"));
  HEADROOM_TRY(weights, tensor_numbers(node, "leaf_weights"));
  HEADROOM_TRY(members, tensor_numbers(node, "membership_values"));
  const std::size_t count = out.features.size();
  for (const auto& [name, list] : lists) {
    if (list == &out.targets || (list == &out.nan_is_true && list->empty())) continue;
    HEADROOM_TRY_VOID(same_size(node, list->size(), count, name));
  }
  HEADROOM_TRY_VOID(same_size(node, out.modes.size(), count, "nodes_modes"));
  HEADROOM_TRY_VOID(same_size(node, splits.size(), count, "nodes_splits"));
  HEADROOM_TRY_VOID(same_size(node, weights.size(), out.targets.size(), "leaf_weights"));
  out.splits = std::move(splits);
  out.weights = std::move(weights);
  out.members = std::move(members);
  return out;
}

/// Nodes first, then the leaves. A leaf that several nodes point to is one leaf each.
Read<bool> build(const OnnxNodeReader& node, const Lists& lists, model::OnnxTrees& trees) {
  using enum model::TreeMode;
  constexpr model::TreeMode kModes[] = {leq, lt, gte, gt, eq, neq, member};
  const std::size_t count = lists.features.size();
  trees.nodes.resize(count);
  for (std::size_t i = 0; i < lists.weights.size(); ++i) {
    if (lists.targets[i] < 0 || lists.targets[i] >= static_cast<std::int64_t>(trees.n_targets)) return node.refuse("the target " + std::to_string(lists.targets[i]) + ", but there are " + std::to_string(trees.n_targets), "leaf_targetids");
    trees.weights.push_back({static_cast<std::uint32_t>(lists.targets[i]), lists.weights[i]});
  }
  const auto child = [&](std::int64_t at, bool is_leaf, const char* name) -> Read<std::uint32_t> {
    if (at < 0 || at >= static_cast<std::int64_t>(is_leaf ? lists.weights.size() : count)) return node.refuse("there is no " + std::string(is_leaf ? "leaf " : "node ") + std::to_string(at), name);
    if (!is_leaf) return static_cast<std::uint32_t>(at);
    model::OnnxTreeNode& out = trees.nodes.emplace_back();
    out.yes = static_cast<std::uint32_t>(at);
    out.no = 1;
    return static_cast<std::uint32_t>(trees.nodes.size() - 1);
  };
  std::size_t next_member = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (lists.modes[i] < 0 || lists.modes[i] > 6) return node.refuse("the mode " + std::to_string(lists.modes[i]) + " is not known", "nodes_modes");
    model::OnnxTreeNode one;
    one.mode = kModes[lists.modes[i]];
    one.threshold = lists.splits[i];
    one.nan_is_true = !lists.nan_is_true.empty() && lists.nan_is_true[i] == 1;
    if (one.mode == member) {
      one.threshold = static_cast<double>(trees.sets.size());
      if (trees.sets.size() >= (1U << 24U)) return node.refuse("too many sets", "membership_values");
      auto& set = trees.sets.emplace_back();
      for (; next_member < lists.members.size() && !std::isnan(lists.members[next_member]); ++next_member) set.push_back(lists.members[next_member]);
      ++next_member;
    }
    HEADROOM_TRY(feature, tree_feature(node, lists.features[i]));
    HEADROOM_TRY(yes, child(lists.yes[i], lists.yes_leaf[i] != 0, "nodes_truenodeids"));
    HEADROOM_TRY(no, child(lists.no[i], lists.no_leaf[i] != 0, "nodes_falsenodeids"));
    one.feature = feature;
    one.yes = yes;
    one.no = no;
    trees.nodes[i] = one;
  }
  return true;
}
}  // namespace

Read<model::Kernel> import_tree_ensemble(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"aggregate_function", "leaf_targetids", "leaf_weights", "membership_values", "n_targets", "nodes_falseleafs", "nodes_falsenodeids", "nodes_featureids", "nodes_hitrates", "nodes_missing_value_tracks_true", "nodes_modes",
                               "nodes_splits", "nodes_trueleafs", "nodes_truenodeids", "post_transform", "tree_roots"}));
  constexpr model::Aggregate kAggregates[] = {model::Aggregate::average, model::Aggregate::sum, model::Aggregate::min, model::Aggregate::max};
  constexpr model::PostTransform kTransforms[] = {model::PostTransform::none, model::PostTransform::softmax, model::PostTransform::logistic, model::PostTransform::softmax_zero, model::PostTransform::probit};
  model::OnnxTrees trees;
  HEADROOM_TRY(aggregate, node.whole("aggregate_function", 1));
  if (aggregate < 0 || aggregate > 3) return node.refuse("the aggregate_function " + std::to_string(aggregate) + " is not known", "aggregate_function");
  HEADROOM_TRY(transform, node.whole("post_transform", 0));
  if (transform < 0 || transform > 4) return node.refuse("the post_transform " + std::to_string(transform) + " is not known", "post_transform");
  HEADROOM_TRY(targets, node.whole("n_targets", 0));
  if (targets < 1 || targets > 0xffffff) return node.refuse(std::to_string(targets) + " targets", "n_targets");
  trees.aggregate = kAggregates[aggregate];
  trees.transform = kTransforms[transform];
  trees.n_targets = static_cast<std::size_t>(targets);
  trees.answers_double = true;
  HEADROOM_TRY(lists, read_lists(node));
  HEADROOM_TRY_VOID(build(node, lists, trees));
  HEADROOM_TRY(roots, node.wholes("tree_roots"));
  if (roots.empty()) return node.refuse("there are no trees", "tree_roots");
  for (const auto root : roots) {
    if (root < 0 || root >= static_cast<std::int64_t>(lists.features.size())) return node.refuse("there is no node " + std::to_string(root), "tree_roots");
    trees.roots.push_back(static_cast<std::uint32_t>(root));
  }
  HEADROOM_TRY_VOID(check_trees(node, trees, "nodes_truenodeids"));
  const auto& shape = node.input(0).shape;
  trees.n_features = shape.empty() ? 0 : static_cast<std::size_t>(shape.back());
  return model::tree_regressor_kernel(trees, node.input(0).element);
}
}  // namespace headroom::importers
