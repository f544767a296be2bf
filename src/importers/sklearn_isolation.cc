// IsolationForest.
#include <cmath>
#include <numbers>

#include "importers/booster_parts.h"
#include "importers/members.h"
#include "importers/sklearn_tree.h"
#include "model/isolation_forest.h"

namespace headroom::importers {
namespace {
/// _average_path_length: of an unsuccessful search in a tree of n. Before 0.21 that of one was 1, and two had no case of their own.
double average_path(double n, Version version) {
  const bool is_older = version < Version{0, 21};
  if (n <= 1) return is_older ? 1 : 0;
  if (n == 2 && !is_older) return 1;
  return 2.0 * (std::log(n - 1.0) + std::numbers::egamma) - 2.0 * (n - 1.0) / n;
}

struct Paths {
  InputSet& inputs;
  Version version;
};

/// Each leaf holds its depth, counted in nodes, and what its samples would still need, less one.
model::BoosterTree path_tree(const model::TreeSpec& tree, const std::vector<double>& samples, const std::vector<std::uint32_t>& columns, Paths paths) {
  model::BoosterTree out;
  const std::size_t n = tree.left.size();
  out.left = tree.left;
  out.right = tree.right;
  out.missing_left = tree.missing_left;
  out.missing_left.resize(n, 0);
  out.values.assign(n, 0);
  std::vector<std::pair<std::int32_t, double>> open{{0, 1.0}};
  while (!open.empty()) {
    const auto [node, depth] = open.back();
    open.pop_back();
    const auto i = static_cast<std::size_t>(node);
    if (tree.left[i] < 0) {
      out.values[i] = (depth + average_path(samples[i], paths.version)) - 1.0;
      continue;
    }
    open.emplace_back(tree.left[i], depth + 1);
    open.emplace_back(tree.right[i], depth + 1);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const auto feature = static_cast<std::size_t>(tree.left[i] < 0 ? 0 : tree.feature[i]);
    out.feature.push_back(tree.left[i] < 0 ? 0 : paths.inputs.index_of(columns[feature], model::InputKind::number));
    out.threshold.push_back(static_cast<double>(model::lower_threshold(tree.threshold[i])));
  }
  return out;
}
}  // namespace

Imported import_isolation_forest(const Estimator& forest) {
  HEADROOM_TRY(n_features, n_features_of(forest));
  HEADROOM_TRY(list, forest.place.need("estimators_"));
  HEADROOM_TRY(count, list.size());
  HEADROOM_TRY(columns_place, forest.place.need("estimators_features_"));
  HEADROOM_TRY(n_columns, columns_place.size());
  if (count == 0 || n_columns != count) return columns_place.refuse("there are columns for " + std::to_string(n_columns) + " trees of " + std::to_string(count));
  model::BoosterSpec spec;
  spec.precision = model::Precision::f32_sum64;
  spec.n_features = n_features;
  spec.base = {0.0};
  const bool takes_all = forest.version >= Version{1, 6};   // NaN and infinity included
  spec.finite_only = !takes_all;
  InputSet inputs;
  std::vector<model::BoosterTree> trees;
  for (std::size_t i = 0; i < count; ++i) {
    const auto place = list.item(i);
    HEADROOM_TRY(tree, as_estimator(place, forest));
    if (tree.name != "ExtraTreeRegressor") return place.mismatch("an ExtraTreeRegressor");
    HEADROOM_TRY(columns, column_list(columns_place.item(i), n_features));
    if (columns.empty()) return columns_place.item(i).refuse("it is empty");
    model::ForestSpec shape;
    shape.task = model::Task::regression;
    shape.n_features = columns.size();
    shape.width = 1;
    HEADROOM_TRY(description, read_tree(tree, shape));
    HEADROOM_TRY(samples, node_samples(tree));
    trees.push_back(path_tree(description, samples, columns, {inputs, forest.version}));
  }
  spec.inputs.inputs = inputs.take();
  model::Booster::Builder builder(std::move(spec));
  for (const auto& tree : trees) builder.add(tree);
  HEADROOM_TRY(samples_place, forest.place.find("_max_samples") ? forest.place.need("_max_samples") : forest.place.need("max_samples_"));
  HEADROOM_TRY(max_samples, text_number(samples_place));
  HEADROOM_TRY(offset_place, forest.place.need("offset_"));
  HEADROOM_TRY(offset, text_number(offset_place));
  const double n_trees = static_cast<double>(count);
  const bool is_older = forest.version < Version{0, 21};
  model::IsolationForest::Cut cut{is_older ? n_trees : 1.0, offset, 0};
  const auto behaviour = forest.place.find("behaviour");
  if (forest.version < Version{0, 22} && behaviour && behaviour->value().is(formats::Kind::text) && behaviour->value().text() == "old") {
    HEADROOM_TRY(threshold_place, forest.place.need("_threshold_"));
    HEADROOM_TRY(threshold, text_number(threshold_place));
    cut.threshold = threshold;
  }
  auto model = std::make_shared<model::IsolationForest>(builder.build(), (is_older ? 1.0 : n_trees) * average_path(max_samples, forest.version), cut);
  HEADROOM_TRY_VOID(describe(forest, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
