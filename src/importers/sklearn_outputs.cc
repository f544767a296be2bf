// Classifier trees and forests of several outputs: each output's classes stand side by side in every leaf.
#include <algorithm>

#include "importers/booster_parts.h"
#include "importers/sklearn_tree.h"
#include "model/multi_output.h"

namespace headroom::importers {
using model::ForestSpec;
using model::TreeSpec;

namespace {
constexpr std::size_t kMostOutputs = 1000;

/// classes_: an array of labels for each output.
Read<std::vector<std::vector<model::Label>>> classes_of(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("classes_"));
  HEADROOM_TRY(count, place.size());
  HEADROOM_TRY(outputs_place, estimator.place.need("n_outputs_"));
  HEADROOM_TRY(outputs, outputs_place.count());
  if (count != outputs || count > kMostOutputs) return place.refuse("there are classes for " + std::to_string(count) + " outputs of " + std::to_string(outputs));
  std::vector<std::vector<model::Label>> classes;
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(labels, place.item(i).labels());
    if (labels.empty()) return place.item(i).refuse("it is empty");
    classes.push_back(std::move(labels));
  }
  return classes;
}

/// The tree of one output: the same nodes, that output's part of the values.
TreeSpec one_output(const TreeSpec& all, std::size_t output, std::size_t n_classes, std::size_t outputs, std::size_t most) {
  TreeSpec tree = all;
  tree.values.clear();
  for (std::size_t i = 0; i < all.left.size(); ++i) {
    const auto first = all.values.begin() + static_cast<std::ptrdiff_t>((i * outputs + output) * most);
    tree.values.insert(tree.values.end(), first, first + static_cast<std::ptrdiff_t>(n_classes));
  }
  return tree;
}

/// The trees of a forest, or the one tree itself.
Read<std::vector<Estimator>> trees_of(const Estimator& estimator) {
  std::vector<Estimator> trees;
  if (!estimator.place.find("estimators_")) {
    trees.push_back(estimator);
    return trees;
  }
  HEADROOM_TRY(list, estimator.place.need("estimators_"));
  HEADROOM_TRY(count, list.size());
  if (count == 0) return list.refuse("estimators_ is empty");
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(tree, as_estimator(list.item(i), estimator));
    if (!tree.type.starts_with("sklearn.tree.") || !tree.name.ends_with("Classifier")) return list.item(i).mismatch("a DecisionTreeClassifier or ExtraTreeClassifier");
    trees.push_back(std::move(tree));
  }
  return trees;
}
}  // namespace

Imported import_several_outputs(const Estimator& estimator) {
  HEADROOM_TRY(classes, classes_of(estimator));
  HEADROOM_TRY(trees, trees_of(estimator));
  TreeShape shape;
  HEADROOM_TRY(n_features, n_features_of(estimator));
  shape.n_features = n_features;
  for (const auto& labels : classes) shape.classes.push_back(labels.size());
  const std::size_t most = *std::ranges::max_element(shape.classes);
  const bool is_forest = estimator.place.find("estimators_").has_value();
  HEADROOM_TRY(counts, holds_counts(trees[0]));
  HEADROOM_TRY(nan, nan_of_tree(trees[0]));
  std::vector<model::Forest::Builder> builders;
  for (const auto& labels : classes) {
    ForestSpec spec;
    spec.n_features = n_features;
    spec.width = labels.size();
    spec.averaged = is_forest;
    spec.counts = counts;
    spec.nan = is_forest && estimator.version < Version{1, 4} ? model::Nan::refuse : nan;
    builders.emplace_back(spec);
  }
  for (const auto& tree : trees) {
    HEADROOM_TRY(all, read_tree(tree, shape));
    HEADROOM_TRY_VOID(spend(estimator, all.left.size() * 16 * classes.size()));
    for (std::size_t k = 0; k < classes.size(); ++k) builders[k].add(one_output(all, k, classes[k].size(), classes.size(), most));
  }
  std::vector<model::Member> targets;
  const auto classes_place = estimator.place.find("classes_");
  for (std::size_t k = 0; k < classes.size(); ++k) {
    model::Member target;
    for (std::size_t i = 0; i < classes[k].size(); ++i) target.classes.push_back(static_cast<std::uint32_t>(i));
    auto forest = builders[k].build();
    forest->edit_info().estimator = std::string(estimator.name);
    forest->edit_info().classes = std::move(classes[k]);
    forest->edit_info().classes_dtype = classes_place->item(k).value().array()->dtype.descr();
    target.model = std::move(forest);
    targets.push_back(std::move(target));
  }
  auto model = std::make_shared<model::MultiOutput>(std::move(targets), n_features);
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
