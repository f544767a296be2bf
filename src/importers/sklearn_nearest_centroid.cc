// NearestCentroid.
#include "model/nearest_centroid.h"

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"

namespace headroom::importers {
Imported import_nearest_centroid(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  model::NearestCentroid::Spec spec;
  HEADROOM_TRY(place, estimator.place.need("centroids_"));
  HEADROOM_TRY(centroids, matrix_of(place, estimator));
  if (centroids.rows != classes.classes.size() || centroids.columns == 0) return place.mismatch("an array of shape (classes, features)");
  HEADROOM_TRY_VOID(check_width(estimator, centroids.columns, "centroids_"));
  spec.n_features = centroids.columns;
  spec.centroids = std::move(centroids.values);
  HEADROOM_TRY(metric, word_of(estimator, "metric"));
  if (metric == "manhattan") {
    spec.distance.kind = model::Distance::Kind::manhattan;
  } else if (metric != "euclidean") {
    return estimator.place.find("metric")->refuse("the metric '" + formats::printable(metric, 40) + "' is not served");
  }
  if (const auto priors_place = estimator.place.find("class_prior_")) {
    HEADROOM_TRY(priors, priors_place->numbers({centroids.rows}));
    spec.priors = std::move(priors);
    HEADROOM_TRY(deviations_place, estimator.place.need("within_class_std_dev_"));
    HEADROOM_TRY(deviations, spread(deviations_place, spec.n_features));
    spec.deviations = std::move(deviations);
  }
  return finish(estimator, std::make_shared<model::NearestCentroid>(std::move(spec)), std::move(classes));
}
}  // namespace headroom::importers
