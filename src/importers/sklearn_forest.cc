// RandomForest* and ExtraTrees*: a list of trees.
#include "importers/sklearn_tree.h"

namespace headroom::importers {
using model::ForestSpec;

namespace {
/// One of the forest's trees: of the forest's own kind, and told nothing else than the forest.
Read<Estimator> member(const Place& place, const Estimator& forest) {
  HEADROOM_TRY(tree, as_estimator(place, forest));
  const bool is_classifier = forest.name.ends_with("Classifier");
  const bool is_tree = tree.type.starts_with("sklearn.tree._classes.") && tree.name.ends_with(is_classifier ? "Classifier" : "Regressor");
  if (!is_tree) return place.mismatch(is_classifier ? "a DecisionTreeClassifier or ExtraTreeClassifier" : "a DecisionTreeRegressor or ExtraTreeRegressor");
  HEADROOM_TRY(n_features, n_features_of(tree));
  HEADROOM_TRY(own, n_features_of(forest));
  if (n_features != own) return place.refuse("this tree has n_features_in_ = " + std::to_string(n_features) + ", its forest " + std::to_string(own));
  return std::move(tree);
}

Read<ForestSpec> spec_of(const Estimator& forest, const Estimator& first, std::size_t n_classes) {
  ForestSpec spec;
  HEADROOM_TRY(n_features, n_features_of(forest));
  spec.n_features = n_features;
  if (forest.name.ends_with("Classifier")) {
    HEADROOM_TRY(counts, holds_counts(first));
    spec.counts = counts;
    spec.width = n_classes;
  } else {
    spec.task = model::Task::regression;
    HEADROOM_TRY(outputs, n_outputs_of(forest));
    spec.width = outputs;
  }
  // Forests pass NaN on to their trees since 1.4; scikit-learn asks the first one.
  HEADROOM_TRY(nan, nan_of_tree(first));
  spec.nan = forest.version < Version{1, 4} ? model::Nan::refuse : nan;
  return spec;
}
}  // namespace

Imported import_forest(const Estimator& forest) {
  model::ModelInfo classes;
  if (forest.name.ends_with("Classifier")) {
    if (has_several_outputs(forest)) return import_several_outputs(forest);
    HEADROOM_TRY_VOID(describe_classes(forest, classes));
  }
  HEADROOM_TRY(trees, forest.place.need("estimators_"));
  HEADROOM_TRY(n_trees, trees.size());
  if (n_trees == 0) return trees.refuse("estimators_ is empty");
  HEADROOM_TRY(first, member(trees.item(0), forest));
  HEADROOM_TRY(spec, spec_of(forest, first, classes.classes.size()));
  model::Forest::Builder builder(spec);
  for (std::size_t i = 0; i < n_trees; ++i) {
    HEADROOM_TRY(tree, member(trees.item(i), forest));
    HEADROOM_TRY_VOID(add_tree(tree, spec, builder));
  }
  auto model = builder.build();
  model->edit_info().classes = std::move(classes.classes);
  model->edit_info().classes_dtype = std::move(classes.classes_dtype);
  HEADROOM_TRY_VOID(describe(forest, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
