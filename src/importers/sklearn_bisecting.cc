// BisectingKMeans.
#include "importers/matrix.h"
#include "importers/members.h"
#include "importers/values.h"
#include "model/bisecting.h"

namespace headroom::importers {
namespace {
using Node = model::Bisecting::Node;

struct Tree {
  std::vector<Node> nodes;
  std::vector<double> centres;
};

Read<Place> child(const Place& node, std::string_view name) {
  HEADROOM_TRY(place, node.need(name));
  if (!place.value().is(formats::Kind::object)) return place.mismatch("a node of the tree");
  return std::move(place);
}

/// The nodes from the root on: 2 clusters − 1 of them, whose leaves are the clusters, each once. No more are visited, so that a tree that
/// contains itself ends too.
Read<Tree> tree_of(const Estimator& estimator, std::size_t clusters, std::size_t n) {
  std::vector<double> mean(n, 0.0);
  if (estimator.place.find("_X_mean")) {
    HEADROOM_TRY(found, vector_of(estimator, "_X_mean", n));
    mean = std::move(found);
  }
  HEADROOM_TRY_VOID(spend(estimator, 2 * clusters * ((n + 1) * sizeof(double) + sizeof(Node) + sizeof(Place))));
  HEADROOM_TRY(root, child(estimator.place, "_bisecting_tree"));
  std::vector<Place> places{root};
  std::vector<bool> seen(clusters);
  Tree tree;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place node = places[i];
    if (i == 0) {
      tree.centres.assign(n, 0.0);   // the root's centre decides nothing
    } else {
      HEADROOM_TRY(place, node.need("center"));
      HEADROOM_TRY(centre, place.numbers({n}));
      for (std::size_t j = 0; j < n; ++j) tree.centres.push_back(centre[j] + mean[j]);
    }
    HEADROOM_TRY(left_place, node.need("left"));
    if (left_place.is_none()) {
      HEADROOM_TRY(label_place, node.need("label"));
      HEADROOM_TRY(label, label_place.count());
      if (label >= clusters || seen[label]) return label_place.refuse("it is no cluster, or that of another leaf");
      seen[label] = true;
      tree.nodes.push_back({-1, -1, label});
      continue;
    }
    HEADROOM_TRY(left, child(node, "left"));
    HEADROOM_TRY(right, child(node, "right"));
    if (places.size() + 2 > 2 * clusters - 1) return root.refuse("the tree has more nodes than " + std::to_string(clusters) + " clusters have");
    tree.nodes.push_back({static_cast<std::int32_t>(places.size()), static_cast<std::int32_t>(places.size() + 1), 0});
    places.push_back(left);
    places.push_back(right);
  }
  return tree;
}
}  // namespace

Imported import_bisecting(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("cluster_centers_"));
  HEADROOM_TRY(centres, matrix_of(place, estimator));
  constexpr std::size_t kMostClusters = 1U << 30U;
  if (centres.rows == 0 || centres.rows > kMostClusters || centres.columns == 0) return place.refuse("there are no centres");
  HEADROOM_TRY_VOID(check_width(estimator, centres.columns, "the centres"));
  HEADROOM_TRY(tree, tree_of(estimator, centres.rows, centres.columns));
  model::Centres::Spec spec;
  spec.n_features = centres.columns;
  spec.centres = std::move(centres.values);
  for (std::size_t c = 0; c < centres.rows; ++c) spec.labels.push_back(c);
  spec.has_transform = true;
  model::ModelInfo classes;
  classes.classes = encoded(centres.rows);
  classes.classes_dtype = "<i4";
  return finish(estimator, std::make_shared<model::Bisecting>(std::move(spec), std::move(tree.nodes), std::move(tree.centres)), std::move(classes));
}
}  // namespace headroom::importers
