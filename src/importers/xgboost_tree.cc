// One tree of a saved XGBoost model: src/tree/tree_model.cc.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "importers/xgboost_document.h"

namespace headroom::importers {
using model::BoosterTree;

namespace {
constexpr std::int32_t kNoNode = -1;   // the children of a leaf
constexpr std::int32_t kWrong = -2;    // a number that is no node's

std::int32_t node_number(double value) {
  if (!(value >= -1 && value <= 0x7fffffff)) return kWrong;
  const auto number = static_cast<std::int32_t>(value);
  return static_cast<double>(number) == value ? number : kWrong;
}

/// The largest float below; of −∞, which nothing is below, NaN.
double below(float threshold) {
  if (std::isnan(threshold) || threshold == -std::numeric_limits<float>::infinity()) return std::numeric_limits<double>::quiet_NaN();
  if (threshold == 0) return static_cast<double>(-std::numeric_limits<float>::denorm_min());
  const auto bits = std::bit_cast<std::uint32_t>(threshold);   // the next one, without a call: models have millions
  return static_cast<double>(std::bit_cast<float>(threshold > 0 ? bits - 1 : bits + 1));
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

Read<bool> XgboostTrees::read_stored(const Place& place) {
  HEADROOM_TRY(left_place, child(place, "left_children"));
  HEADROOM_TRY_VOID(read_number_list(left_place, stored_.left));
  const std::size_t n = stored_.left.size();
  if (n == 0) return left_place.refuse("a tree without nodes");
  HEADROOM_TRY_VOID(spend(estimator_, n * 24));
  HEADROOM_TRY_VOID(check_count(place, n));
  const auto column = [&](std::string_view name, std::vector<double>& out) -> Read<bool> {
    HEADROOM_TRY(found, child(place, name));
    HEADROOM_TRY_VOID(read_number_list(found, out));
    if (out.size() != n) return found.refuse("there are " + std::to_string(out.size()) + " numbers, expected " + std::to_string(n));
    return true;
  };
  HEADROOM_TRY_VOID(column("right_children", stored_.right));
  HEADROOM_TRY_VOID(column("split_indices", stored_.feature));
  HEADROOM_TRY_VOID(column("split_conditions", stored_.condition));
  HEADROOM_TRY_VOID(column("default_left", stored_.default_left));
  if (find_child(place, "split_type")) return column("split_type", stored_.type);
  stored_.type.assign(n, 0);
  return true;
}

Read<bool> XgboostTrees::read_leaves(const Place& place) {
  const std::size_t n = tree_.left.size();
  std::size_t size = 1;
  if (const auto parameters = find_child(place, "tree_param")) {
    if (const auto found = find_child(*parameters, "size_leaf_vector")) {
      HEADROOM_TRY(count, text_count(*found));
      size = std::max<std::size_t>(count, 1);
    }
  }
  if (size != 1 && size != head_.groups) return place.refuse("leaves of " + std::to_string(size) + " values for " + std::to_string(head_.groups) + " outputs");
  if (width_ != 0 && size != width_) return place.refuse("trees with leaves of one value and of several");
  width_ = size;
  if (size == 1) {
    tree_.values = stored_.condition;
  } else if (const auto found = find_child(place, "leaf_weights")) {
    // Since 3.2 the leaves' vectors stand for themselves; the right child of a leaf is its number among them.
    HEADROOM_TRY(weights, number_list(*found));
    tree_.values.assign(n * size, 0);
    const std::size_t n_leaves = weights.size() / size;
    for (std::size_t i = 0; i < n; ++i) {
      if (tree_.left[i] >= 0) continue;
      if (!(stored_.right[i] >= 0 && stored_.right[i] < static_cast<double>(n_leaves))) return found->refuse("leaf " + std::to_string(i) + " has no vector");
      const auto from = static_cast<std::size_t>(stored_.right[i]) * size;
      std::copy_n(weights.begin() + static_cast<std::ptrdiff_t>(from), size, tree_.values.begin() + static_cast<std::ptrdiff_t>(i * size));
    }
  } else {
    HEADROOM_TRY(weights_place, child(place, "base_weights"));
    HEADROOM_TRY(weights, number_list(weights_place, n * size));
    tree_.values = std::move(weights);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; tree_.left[i] < 0 && k < size; ++k) {
      if (!std::isfinite(static_cast<float>(tree_.values[i * size + k]))) return place.refuse("leaf " + std::to_string(i) + " holds a value that is not finite");
    }
  }
  return true;
}

Read<bool> XgboostTrees::read_nodes(const Place& place) {
  const std::size_t n = tree_.left.size();
  tree_.threshold.resize(n);
  tree_.feature.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    tree_.feature[i] = 0;
    if (tree_.left[i] < 0) continue;
    tree_.threshold[i] = below(static_cast<float>(stored_.condition[i]));
    const double feature = stored_.feature[i];
    if (!(feature >= 0 && feature < static_cast<double>(head_.n_features))) return place.refuse("tree node " + std::to_string(i) + " asks for a feature that there is not");
    const bool is_categorical = stored_.type[i] != 0;
    if (is_categorical != (tree_.set[i] >= 0)) return place.refuse("tree node " + std::to_string(i) + ": split_type and categories_nodes do not agree");
    if (is_categorical && head_.version < Version{1, 6}) return place.refuse("categorical splits of XGBoost before 1.6 are not served");
    tree_.feature[i] = inputs.index_of(static_cast<std::uint32_t>(feature), is_categorical ? model::InputKind::xgboost_category : model::InputKind::number);
  }
  return true;
}

/// Up to 3.2 each tree was predicted together with the base score, which was then taken off again; both round.
void XgboostTrees::weigh(float weight) {
  const float base = head_.base[tree_.group];
  for (double& value : tree_.values) {
    const auto leaf = static_cast<float>(value);
    value = static_cast<double>((head_.version < Version{3, 3} ? (base + leaf) - base : leaf) * weight);
  }
}

Read<bool> XgboostTrees::read(const Place& place, double group, float weight, bool has_weights) {
  HEADROOM_TRY_VOID(read_stored(place));
  const std::size_t n = stored_.left.size();
  tree_.left.resize(n);
  tree_.right.resize(n);
  tree_.missing_left.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    tree_.left[i] = node_number(stored_.left[i]);
    if (tree_.left[i] == kWrong) return Place(*place.value().find("left_children"), place.path() + ".left_children").refuse("tree node " + std::to_string(i) + ": its left child is no node");
    tree_.right[i] = tree_.left[i] < 0 ? kNoNode : node_number(stored_.right[i]);
    tree_.missing_left[i] = stored_.default_left[i] != 0 ? 1 : 0;
  }
  tree_.set.assign(n, -1);
  tree_.sets.clear();
  HEADROOM_TRY_VOID(read_leaves(place));
  if (auto fault = structure_fault(tree_.left, tree_.right, room_); !fault.empty()) return place.refuse(std::move(fault));
  HEADROOM_TRY_VOID(read_sets(place, n, tree_));
  HEADROOM_TRY_VOID(read_nodes(place));
  if (!(group >= 0 && group < static_cast<double>(head_.groups))) return place.refuse("tree_info names output " + std::to_string(group) + " of " + std::to_string(head_.groups));
  tree_.group = static_cast<std::uint32_t>(group);
  if (!has_weights) return true;
  if (width_ != 1) return place.refuse("DART with leaves of several values");
  weigh(weight);
  return true;
}

}  // namespace headroom::importers
