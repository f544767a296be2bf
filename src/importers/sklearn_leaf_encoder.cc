// RandomTreesEmbedding.
#include "importers/matrix.h"
#include "importers/sklearn_tree.h"
#include "model/leaf_encoder.h"

namespace headroom::importers {
namespace {
/// The leaves that the encoder knows of a tree must be the tree's: in the order of the nodes, all of them.
Read<bool> check_leaves(const Place& categories, const model::TreeSpec& tree) {
  HEADROOM_TRY(leaves, indexes_of(categories, tree.left.size()));
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    if (tree.left[i] < 0) own.push_back(i);
  }
  if (own != leaves) return categories.refuse("the encoder's categories are not the leaves of the tree");
  return true;
}
}  // namespace

Imported import_trees_embedding(const Estimator& forest) {
  HEADROOM_TRY(n_features, n_features_of(forest));
  HEADROOM_TRY(list, forest.place.need("estimators_"));
  HEADROOM_TRY(n_trees, list.size());
  if (n_trees == 0) return list.refuse("estimators_ is empty");
  HEADROOM_TRY(encoder_place, forest.place.need("one_hot_encoder_"));
  HEADROOM_TRY(encoder, as_estimator(encoder_place, forest));
  if (encoder.name != "OneHotEncoder") return encoder_place.mismatch("a OneHotEncoder");
  HEADROOM_TRY(categories, encoder_place.need("categories_"));
  HEADROOM_TRY(n_categories, categories.size());
  if (n_categories != n_trees) return categories.refuse("there are categories of " + std::to_string(n_categories) + " trees, but " + std::to_string(n_trees) + " trees");
  model::ForestSpec spec;
  spec.task = model::Task::regression;
  spec.n_features = n_features;
  spec.width = 1;
  model::LeafEncoder::Builder builder;
  for (std::size_t i = 0; i < n_trees; ++i) {
    HEADROOM_TRY(tree, as_estimator(list.item(i), forest));
    if (tree.name != "ExtraTreeRegressor") return list.item(i).mismatch("an ExtraTreeRegressor");
    if (i == 0 && forest.version >= Version{1, 4}) {   // scikit-learn asks the first one
      HEADROOM_TRY(nan, nan_of_tree(tree));
      spec.nan = nan;
    }
    HEADROOM_TRY(description, read_tree(tree, spec));
    HEADROOM_TRY_VOID(check_leaves(categories.item(i), description));
    HEADROOM_TRY_VOID(spend(forest, description.left.size() * sizeof(model::LeafEncoder::Node)));
    builder.add(description);
    if (builder.nodes() >= (1U << 30U)) return list.refuse("the forest has too many nodes");
  }
  return finish(forest, builder.build(n_features, spec.nan));
}
}  // namespace headroom::importers
