// PCA, IncrementalPCA, TruncatedSVD.
#include <algorithm>
#include <cmath>

#include "importers/values.h"
#include "model/projection.h"
#include "model/sums.h"

namespace headroom::importers {
namespace {
/// What whitening divides by. Since 1.5 a component of nearly no variance counts as one of eps.
Read<std::vector<double>> scale_of(const Estimator& estimator, std::size_t n_components) {
  HEADROOM_TRY(variances, vector_of(estimator, "explained_variance_", n_components));
  const double least = estimator.version < Version{1, 5} ? 0.0 : std::numeric_limits<double>::epsilon();
  for (double& value : variances) value = std::max(std::sqrt(value), least);
  return std::move(variances);
}

Read<bool> centre(const Estimator& estimator, model::Projection::Spec& spec) {
  HEADROOM_TRY(mean, optional_vector_of(estimator, "mean_", spec.n_features));
  if (!mean) return true;
  if (estimator.version < Version{1, 5}) {
    spec.mean = std::move(*mean);
    return true;
  }
  for (std::size_t k = 0; k < spec.n_components; ++k) {
    spec.offset.push_back(model::dot(spec.components.data() + k * spec.n_features, mean->data(), spec.n_features));
  }
  return true;
}
}  // namespace

Imported import_projection(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("components_"));
  HEADROOM_TRY(array, place.array());
  if (array->shape.size() != 2 || array->count() == 0) return place.mismatch("an array of shape (components, features)");
  model::Projection::Spec spec;
  spec.n_components = array->shape[0];
  spec.n_features = array->shape[1];
  HEADROOM_TRY_VOID(spend(estimator, (array->count() + spec.n_features + 2 * spec.n_components) * sizeof(double)));
  HEADROOM_TRY(components, place.numbers());
  spec.components = std::move(components);
  if (estimator.name != "TruncatedSVD") {
    HEADROOM_TRY_VOID(centre(estimator, spec));
    HEADROOM_TRY(whiten, flag_of(estimator, "whiten", false));
    if (whiten) {
      HEADROOM_TRY(scale, scale_of(estimator, spec.n_components));
      spec.scale = std::move(scale);
    }
  }
  auto model = std::make_shared<model::Projection>(std::move(spec));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
