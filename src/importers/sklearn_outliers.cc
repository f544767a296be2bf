// LocalOutlierFactor and EllipticEnvelope.
#include "importers/matrix.h"
#include "importers/neighbor_search.h"
#include "importers/values.h"
#include "model/elliptic_envelope.h"
#include "model/local_outlier.h"

namespace headroom::importers {
namespace {
/// Keeps the classes, −1 and 1, that detectors of outliers have of their own.
Imported finish_outliers(const Estimator& estimator, const model::CompiledPtr& model) {
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model;
}

Read<double> offset_of(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("offset_"));
  return number_of(place);
}
}  // namespace

Imported import_local_outlier(const Estimator& estimator) {
  HEADROOM_TRY(is_novelty, flag_of(estimator, "novelty", false));
  if (!is_novelty) {
    const auto place = estimator.place.find("novelty");
    return (place ? *place : estimator.place).refuse("with novelty=False it has no predict for new rows, in scikit-learn neither; fit it with novelty=True");
  }
  model::LocalOutlier::Spec spec;
  HEADROOM_TRY(search, neighbor_search(estimator));
  HEADROOM_TRY(k, neighbor_count(estimator, "n_neighbors_", search));
  spec.search = std::move(search);
  spec.search.k = k;
  const std::size_t count = spec.search.count();
  HEADROOM_TRY(distances_place, estimator.place.need("_distances_fit_X_"));
  HEADROOM_TRY(distances, matrix_of(distances_place, estimator));
  if (distances.rows != count || distances.columns < k) return distances_place.mismatch("an array of shape (training rows, neighbours)");
  HEADROOM_TRY_VOID(spend(estimator, count * 2 * sizeof(double)));
  for (std::size_t i = 0; i < count; ++i) spec.reach.push_back(distances.values[i * distances.columns + k - 1]);
  HEADROOM_TRY(density, vector_of(estimator, "_lrd", count));
  spec.density = std::move(density);
  HEADROOM_TRY(offset, offset_of(estimator));
  spec.offset = offset;
  return finish_outliers(estimator, std::make_shared<model::LocalOutlier>(std::move(spec)));
}

Imported import_elliptic_envelope(const Estimator& estimator) {
  model::EllipticEnvelope::Spec spec;
  HEADROOM_TRY(is_stored, flag_of(estimator, "store_precision", true));
  if (!is_stored) return estimator.place.find("store_precision")->refuse("the precision is not in the file: scikit-learn inverts the covariance again for each call; fit it with store_precision=True");
  HEADROOM_TRY(place, estimator.place.need("precision_"));
  HEADROOM_TRY(precision, matrix_of(place, estimator));
  const std::size_t n = precision.columns;
  if (n == 0 || precision.rows != n) return place.mismatch("an array of shape (features, features)");
  HEADROOM_TRY_VOID(check_width(estimator, n, "precision_"));
  HEADROOM_TRY(location, vector_of(estimator, "location_", n));
  HEADROOM_TRY(offset, offset_of(estimator));
  spec.precision = std::move(precision.values);
  spec.location = std::move(location);
  spec.offset = offset;
  if (estimator.version < Version{1, 0}) spec.pairs_from = 6;   // scipy up to 1.6
  return finish_outliers(estimator, std::make_shared<model::EllipticEnvelope>(std::move(spec)));
}
}  // namespace headroom::importers
