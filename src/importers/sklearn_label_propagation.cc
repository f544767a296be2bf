// LabelPropagation and LabelSpreading.
#include <cmath>

#include "formats/error.h"
#include "importers/matrix.h"
#include "importers/neighbor_search.h"
#include "model/label_propagation.h"

namespace headroom::importers {
namespace {
Read<bool> read_kernel(const Estimator& estimator, model::LabelPropagation::Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("kernel"));
  if (!place.value().is(formats::Kind::text)) return place.refuse("a kernel that is " + formats::describe(place.value()) + " cannot be served: it is code");
  const auto word = place.value().text();
  if (word == "knn") {
    HEADROOM_TRY(neighbors_place, estimator.place.need("nn_fit"));
    HEADROOM_TRY(neighbors, as_estimator(neighbors_place, estimator));
    if (neighbors.name != "NearestNeighbors") return neighbors_place.mismatch("NearestNeighbors");
    HEADROOM_TRY(search, neighbor_search(neighbors));
    HEADROOM_TRY(k, neighbor_count(neighbors, "n_neighbors", search));
    spec.search = std::move(search);
    spec.search.k = k;
    return true;
  }
  if (word != "rbf") return place.refuse("the kernel '" + formats::printable(word, 40) + "' is not served");
  HEADROOM_TRY(rows_place, estimator.place.need("X_"));
  HEADROOM_TRY(rows, matrix_of(rows_place, estimator));
  if (rows.rows == 0 || rows.columns == 0) return rows_place.refuse("it is empty");
  spec.search.n_features = rows.columns;
  spec.search.rows = std::move(rows.values);
  HEADROOM_TRY(gamma_place, estimator.place.need("gamma"));
  HEADROOM_TRY(gamma, number_of(gamma_place));
  spec.gamma = gamma;
  return true;
}
}  // namespace

Imported import_label_propagation(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  model::LabelPropagation::Spec spec;
  HEADROOM_TRY_VOID(read_kernel(estimator, spec));
  HEADROOM_TRY_VOID(check_width(estimator, spec.search.n_features, "the training rows"));
  spec.n_classes = classes.classes.size();
  const std::size_t count = spec.search.count();
  HEADROOM_TRY(place, estimator.place.need("label_distributions_"));
  HEADROOM_TRY(distributions, matrix_of(place, estimator, count, spec.n_classes));
  if (spec.search.k == 0) {   // class by class
    HEADROOM_TRY_VOID(spend(estimator, distributions.size() * sizeof(double)));
    spec.distributions.resize(distributions.size());
    for (std::size_t i = 0; i < distributions.size(); ++i) spec.distributions[i % spec.n_classes * count + i / spec.n_classes] = distributions[i];
  } else {
    spec.distributions = std::move(distributions);
  }
  return finish(estimator, std::make_shared<model::LabelPropagation>(std::move(spec)), std::move(classes));
}
}  // namespace headroom::importers
