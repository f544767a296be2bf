// RBFSampler, SkewedChi2Sampler and AdditiveChi2Sampler.
#include <cmath>
#include <iterator>

#include "importers/matrix.h"
#include "importers/values.h"
#include "model/chi2_features.h"
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

/// The sampling interval is an attribute until 1.2; since then transform takes the parameter, or chooses by the number of steps.
Imported import_additive_chi2(const Estimator& estimator) {
  HEADROOM_TRY(n_features, width_of(estimator));
  HEADROOM_TRY(steps_place, estimator.place.need("sample_steps"));
  HEADROOM_TRY(steps, steps_place.count());
  constexpr std::size_t kMostSteps = 1000;
  if (steps == 0 || steps > kMostSteps) return steps_place.refuse(std::to_string(steps) + " sample_steps");
  HEADROOM_TRY_VOID(spend(estimator, 2 * n_features * steps * sizeof(double)));
  const auto learned = estimator.place.find("sample_interval_");
  HEADROOM_TRY(place, learned ? Read<Place>(*learned) : estimator.place.need("sample_interval"));
  constexpr double kIntervals[] = {0.8, 0.5, 0.4};
  if (place.is_none() && steps > std::size(kIntervals)) return place.refuse("None, which scikit-learn takes only for sample_steps up to 3");
  HEADROOM_TRY(interval, place.is_none() ? Read<double>(kIntervals[steps - 1]) : real_of(place));
  return finish(estimator, std::make_shared<model::Chi2Features>(n_features, steps, interval));
}
}  // namespace headroom::importers
