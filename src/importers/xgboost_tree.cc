// One tree of a saved XGBoost model: src/tree/tree_model.cc.
#include <cmath>
#include <limits>

#include "importers/xgboost_document.h"

namespace headroom::importers {
using model::BoosterTree;

namespace {
constexpr std::int32_t kNoNode = -1;   // the children of a leaf
constexpr std::int32_t kWrong = -2;    // a number that is no node's

std::int32_t node_number(double value) {
  if (value == kNoNode) return kNoNode;
  return value >= 0 && value <= 0x7fffffff && value == std::floor(value) ? static_cast<std::int32_t>(value) : kWrong;
}

/// tree_param.num_nodes, where it is stored, must count the nodes that there are.
Read<bool> check_count(const Place& tree, std::size_t n) {
  const auto parameters = find_child(tree, "tree_param");
  const auto place = parameters ? find_child(*parameters, "num_nodes") : std::nullopt;
  if (!place) return true;
  HEADROOM_TRY(count, text_count(*place));
  if (count != n) return place->refuse("the tree has " + std::to_string(n) + " nodes, not " + std::to_string(count));
  return true;
}

/// The sets of categories of a tree's nodes. Those in a set go right.
Read<bool> read_sets(const Place& tree, std::size_t n, BoosterTree& out) {
  const auto nodes_place = find_child(tree, "categories_nodes");
  if (!nodes_place) return true;
  HEADROOM_TRY(nodes, number_list(*nodes_place));
  if (nodes.empty()) return true;
  HEADROOM_TRY(segments_place, child(tree, "categories_segments"));
  HEADROOM_TRY(segments, number_list(segments_place, nodes.size()));
  HEADROOM_TRY(sizes_place, child(tree, "categories_sizes"));
  HEADROOM_TRY(sizes, number_list(sizes_place, nodes.size()));
  HEADROOM_TRY(categories_place, child(tree, "categories"));
  HEADROOM_TRY(categories, number_list(categories_place));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto node = node_number(nodes[i]);
    if (node < 0 || static_cast<std::size_t>(node) >= n || out.set[static_cast<std::size_t>(node)] != -1) return nodes_place->refuse("node " + std::to_string(node) + " has a set of categories, but is none, has another or is not categorical");
    const auto all = static_cast<double>(categories.size());
    if (!(segments[i] >= 0 && segments[i] <= all && sizes[i] >= 0 && sizes[i] <= all - segments[i])) return segments_place.refuse("a set of categories lies beyond the list of categories");
    model::CategorySet set;
    set.others_left = true;
    const auto first = static_cast<std::size_t>(segments[i]);
    for (std::size_t k = first; k < first + static_cast<std::size_t>(sizes[i]); ++k) {
      if (!(categories[k] >= 0 && categories[k] < (1U << 24U))) return categories_place.refuse("the category " + std::to_string(categories[k]) + " is none");
      const auto code = static_cast<std::size_t>(categories[k]);
      if (set.bits.size() <= code / 32) set.bits.resize(code / 32 + 1, 0xffffffffU);
      set.bits[code / 32] &= ~(1U << (code % 32));
    }
    out.set[static_cast<std::size_t>(node)] = static_cast<std::int32_t>(out.sets.size());
    out.sets.push_back(std::move(set));
  }
  return true;
}

}  // namespace

Read<bool> XgboostTrees::read_leaves(const Place& tree, const std::vector<double>& conditions, const std::vector<double>& right, BoosterTree& out) {
  const std::size_t n = out.left.size();
  std::size_t size = 1;
  if (const auto parameters = find_child(tree, "tree_param")) {
    if (const auto place = find_child(*parameters, "size_leaf_vector")) {
      HEADROOM_TRY(count, text_count(*place));
      size = std::max<std::size_t>(count, 1);
    }
  }
  if (size != 1 && size != head_.groups) return tree.refuse("leaves of " + std::to_string(size) + " values for " + std::to_string(head_.groups) + " outputs");
  if (width_ != 0 && size != width_) return tree.refuse("trees with leaves of one value and of several");
  width_ = size;
  if (size == 1) {
    out.values = conditions;
  } else if (const auto place = find_child(tree, "leaf_weights")) {
    // Since 3.2 the leaves' vectors stand for themselves; the right child of a leaf is its number among them.
    HEADROOM_TRY(weights, number_list(*place));
    out.values.resize(n * size);
    const std::size_t n_leaves = weights.size() / size;
    for (std::size_t i = 0; i < n; ++i) {
      if (out.left[i] >= 0) continue;
      if (!(right[i] >= 0 && right[i] < static_cast<double>(n_leaves))) return place->refuse("leaf " + std::to_string(i) + " has no vector");
      const auto from = static_cast<std::size_t>(right[i]) * size;
      std::copy_n(weights.begin() + static_cast<std::ptrdiff_t>(from), size, out.values.begin() + static_cast<std::ptrdiff_t>(i * size));
    }
  } else {
    HEADROOM_TRY(weights_place, child(tree, "base_weights"));
    HEADROOM_TRY(weights, number_list(weights_place, n * size));
    out.values = std::move(weights);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; out.left[i] < 0 && k < size; ++k) {
      if (!std::isfinite(static_cast<float>(out.values[i * size + k]))) return tree.refuse("leaf " + std::to_string(i) + " holds a value that is not finite");
    }
  }
  return true;
}

Read<BoosterTree> XgboostTrees::read(const Place& tree, double group, float weight, bool has_weights) {
  BoosterTree out;
  HEADROOM_TRY(left_place, child(tree, "left_children"));
  HEADROOM_TRY(left, number_list(left_place));
  const std::size_t n = left.size();
  if (n == 0) return left_place.refuse("a tree without nodes");
  HEADROOM_TRY_VOID(spend(estimator_, n * 24));
  HEADROOM_TRY_VOID(check_count(tree, n));
  const auto column = [&](std::string_view name) -> Read<std::vector<double>> {
    HEADROOM_TRY(place, child(tree, name));
    return number_list(place, n);
  };
  HEADROOM_TRY(right, column("right_children"));
  HEADROOM_TRY(features, column("split_indices"));
  HEADROOM_TRY(conditions, column("split_conditions"));
  HEADROOM_TRY(defaults, column("default_left"));
  std::vector<double> types(n);
  if (find_child(tree, "split_type")) {
    HEADROOM_TRY(found, column("split_type"));
    types = std::move(found);
  }
  for (auto* children : {&out.left, &out.right}) children->reserve(n);
  out.feature.reserve(n);
  out.threshold.reserve(n);
  out.missing_left.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    out.left.push_back(node_number(left[i]));
    if (out.left[i] == kWrong) return left_place.refuse("tree node " + std::to_string(i) + ": its left child is no node");
    out.right.push_back(out.left[i] < 0 ? kNoNode : node_number(right[i]));
    out.missing_left.push_back(defaults[i] != 0 ? 1 : 0);
  }
  out.set.assign(n, -1);
  HEADROOM_TRY_VOID(read_leaves(tree, conditions, right, out));
  HEADROOM_TRY_VOID(check_structure(tree, out.left, out.right));
  HEADROOM_TRY_VOID(read_sets(tree, n, out));
  for (std::size_t i = 0; i < n; ++i) {
    const auto threshold = static_cast<float>(conditions[i]);
    const float lowest = -std::numeric_limits<float>::infinity();
    out.threshold.push_back(threshold == lowest ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(std::nextafter(threshold, lowest)));
    if (out.left[i] < 0) {
      out.feature.push_back(0);
      continue;
    }
    if (!(features[i] >= 0 && features[i] < static_cast<double>(head_.n_features))) return tree.refuse("tree node " + std::to_string(i) + " asks for a feature that there is not");
    const bool is_categorical = types[i] != 0;
    if (is_categorical != (out.set[i] >= 0)) return tree.refuse("tree node " + std::to_string(i) + ": split_type and categories_nodes do not agree");
    if (is_categorical && head_.version < Version{1, 6}) return tree.refuse("categorical splits of XGBoost before 1.6 are not served");
    out.feature.push_back(inputs.index_of(static_cast<std::uint32_t>(features[i]), is_categorical ? model::InputKind::xgboost_category : model::InputKind::number));
  }
  if (!(group >= 0 && group < static_cast<double>(head_.groups))) return tree.refuse("tree_info names output " + std::to_string(group) + " of " + std::to_string(head_.groups));
  out.group = static_cast<std::uint32_t>(group);
  if (has_weights) {
    if (width_ != 1) return tree.refuse("DART with leaves of several values");
    // Up to 3.2 each tree was predicted together with the base score, which was then taken off again; both round.
    const float base = head_.base[out.group];
    for (double& value : out.values) {
      const auto leaf = static_cast<float>(value);
      value = static_cast<double>((head_.version < Version{3, 3} ? (base + leaf) - base : leaf) * weight);
    }
  }
  return out;
}

}  // namespace headroom::importers
