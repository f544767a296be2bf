#include "importers/importances.h"

#include <algorithm>
#include <cmath>

#include "importers/booster_importances.h"
#include "importers/values.h"
#include "model/sums.h"

namespace headroom::importers {
using formats::Kind;

namespace {
enum class Normalize : bool { no, yes };

Read<std::vector<double>> field(const Place& nodes, std::string_view name) {
  HEADROOM_TRY(array, nodes.array());
  const auto* found = array->dtype.field(name);
  if (found == nullptr || !found->type.is_numeric() || array->shape.size() != 1) return nodes.refuse("tree nodes without the number field " + std::string(name));
  std::vector<double> values(array->count());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = formats::read_double(found->type, array->element(i) + found->offset);
  return values;
}

void divide(std::vector<double>& values, double by) {
  for (double& value : values) value /= by;
}

/// Empty for a tree of one node, which counts for nothing in a forest.
Read<std::vector<double>> of_tree(const Place& tree, std::size_t n_features, Normalize normalize) {
  HEADROOM_TRY(tree_, tree.need("tree_"));
  HEADROOM_TRY(nodes, tree_.need("nodes"));
  HEADROOM_TRY(left, field(nodes, "left_child"));
  HEADROOM_TRY(right, field(nodes, "right_child"));
  HEADROOM_TRY(feature, field(nodes, "feature"));
  HEADROOM_TRY(impurity, field(nodes, "impurity"));
  HEADROOM_TRY(weight, field(nodes, "weighted_n_node_samples"));
  const auto is_below = [](double index, std::size_t limit) { return index >= 0 && index < static_cast<double>(limit); };
  std::vector<double> out(n_features, 0.0);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == -1) continue;
    if (!is_below(left[i], left.size()) || !is_below(right[i], left.size()) || !is_below(feature[i], n_features)) return nodes.refuse("a node points outside of the tree");
    const auto l = static_cast<std::size_t>(left[i]);
    const auto r = static_cast<std::size_t>(right[i]);
    out[static_cast<std::size_t>(feature[i])] += weight[i] * impurity[i] - weight[l] * impurity[l] - weight[r] * impurity[r];
  }
  if (left.empty()) return nodes.refuse("a tree without nodes");
  divide(out, weight[0]);
  const double sum = model::numpy_sum({out.data(), out.size()});
  if (normalize == Normalize::yes && sum > 0) divide(out, sum);
  if (left.size() <= 1) out.clear();
  return out;
}

/// Appends the trees of estimators_, which may be a list or an array of any shape.
Read<std::vector<Place>> trees_of(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("estimators_"));
  std::vector<Place> out;
  const auto* array = place.value().array();
  const auto count = array != nullptr ? array->objects.size() : place.value().items().size();
  if (count == 0) return place.mismatch("a list of trees");
  for (std::size_t i = 0; i < count; ++i) out.push_back(place.item(i));
  return out;
}

Read<std::vector<double>> of_forest(const Estimator& estimator, std::size_t n_features, Normalize normalize) {
  HEADROOM_TRY(trees, trees_of(estimator));
  std::vector<double> mean(n_features, 0.0);
  double n_trees = 0;
  for (const auto& tree : trees) {
    HEADROOM_TRY(own, of_tree(tree, n_features, normalize));
    if (own.empty()) continue;
    ++n_trees;
    for (std::size_t j = 0; j < n_features; ++j) mean[j] += own[j];
  }
  if (n_trees == 0) return mean;
  divide(mean, n_trees);
  divide(mean, model::numpy_sum({mean.data(), n_features}));
  return mean;
}

Read<std::vector<double>> of_coef(const Place& coef, double order) {
  HEADROOM_TRY(array, coef.array());
  HEADROOM_TRY(values, coef.numbers());
  if (array->shape.empty() || array->shape.size() > 2 || values.empty()) return coef.mismatch("a vector or matrix");
  const std::size_t n_features = array->shape.back();
  std::vector<double> out(n_features, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& norm = out[i % n_features];
    const double size = std::fabs(values[i]);
    norm = array->shape.size() == 1 ? size : order == 1 ? norm + size : order == 2 ? norm + size * size : std::max(norm, size);
  }
  if (array->shape.size() == 2 && order == 2) {
    for (double& norm : out) norm = std::sqrt(norm);
  }
  return out;
}
}  // namespace

Read<Importances> importances_of(const Estimator& estimator, double norm_order) {
  if (const auto coef = estimator.place.find("coef_")) {
    if (norm_order != 1 && norm_order != 2 && norm_order != std::numeric_limits<double>::infinity()) return estimator.place.refuse("a norm_order other than 1, 2 and infinity");
    HEADROOM_TRY(norms, of_coef(*coef, norm_order));
    return Importances{std::move(norms)};
  }
  const auto type = estimator.type;
  if (type.starts_with("xgboost.sklearn.")) {
    HEADROOM_TRY(own, xgboost_importances(estimator));
    return Importances{{own.begin(), own.end()}, true};
  }
  if (type.starts_with("lightgbm.sklearn.")) {
    HEADROOM_TRY(own, lightgbm_importances(estimator));
    return Importances{std::move(own)};
  }
  const bool is_tree = type.starts_with("sklearn.tree."), is_forest = type.starts_with("sklearn.ensemble._forest.");
  if (!is_tree && !is_forest && !type.starts_with("sklearn.ensemble._gb.")) return estimator.place.refuse("the importances of " + std::string(estimator.name) + " are not stored in the file");
  HEADROOM_TRY(n_features, n_features_of(estimator));
  HEADROOM_TRY_VOID(spend(estimator, n_features * sizeof(double)));
  if (!is_tree) {
    HEADROOM_TRY(own, of_forest(estimator, n_features, is_forest ? Normalize::yes : Normalize::no));
    return Importances{std::move(own)};
  }
  HEADROOM_TRY(own, of_tree(estimator.place, n_features, Normalize::yes));
  if (own.empty()) own.assign(n_features, 0.0);
  return Importances{std::move(own)};
}
}  // namespace headroom::importers
