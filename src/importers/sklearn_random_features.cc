// RBFSampler and SkewedChi2Sampler.
#include <cmath>

#include "importers/matrix.h"
#include "importers/values.h"
#include "model/random_features.h"

namespace headroom::importers {
Imported import_random_features(const Estimator& estimator) {
  model::RandomFeatures::Spec spec;
  HEADROOM_TRY(place, estimator.place.need("random_weights_"));
  HEADROOM_TRY(weights, matrix_of(place, estimator));   // [features, components]
  if (weights.rows == 0 || weights.columns == 0) return place.refuse("random_weights_ is empty");
  HEADROOM_TRY_VOID(check_width(estimator, weights.rows, "random_weights_"));
  HEADROOM_TRY_VOID(spend(estimator, (weights.values.size() + weights.columns) * sizeof(double)));
  HEADROOM_TRY(offset, vector_of(estimator, "random_offset_", weights.columns));
  spec.n_features = weights.rows;
  spec.offset = std::move(offset);
  for (std::size_t k = 0; k < weights.columns; ++k) {
    for (std::size_t j = 0; j < weights.rows; ++j) spec.weights.push_back(weights.values[j * weights.columns + k]);
  }
  // By the parameter, as the origin does, though it may differ from the number of weights.
  HEADROOM_TRY(count_place, estimator.place.need("n_components"));
  HEADROOM_TRY(count, real_of(count_place));
  if (!(count >= 1)) return count_place.refuse("there are no components");
  const bool is_one_root = estimator.name == "RBFSampler" && estimator.version >= Version{1, 1};
  spec.scale = is_one_root ? std::sqrt(2.0 / count) : std::sqrt(2.0) / std::sqrt(count);
  if (estimator.name == "SkewedChi2Sampler") {
    spec.is_logarithm = true;
    HEADROOM_TRY(skewedness_place, estimator.place.need("skewedness"));
    HEADROOM_TRY(skewedness, real_of(skewedness_place));
    spec.skewedness = skewedness;
  }
  return finish(estimator, std::make_shared<model::RandomFeatures>(std::move(spec)));
}
}  // namespace headroom::importers
