// Nystroem and KernelPCA.
#include <cmath>

#include "importers/matrix.h"
#include "importers/pairwise_kernel.h"
#include "importers/values.h"
#include "model/kernel_map.h"

namespace headroom::importers {
namespace {
Read<model::KernelMap::Spec> anchors_of(const Estimator& estimator, std::string_view name) {
  model::KernelMap::Spec spec;
  HEADROOM_TRY(place, estimator.place.need(name));
  HEADROOM_TRY(anchors, matrix_of(place, estimator));
  if (anchors.rows == 0 || anchors.columns == 0) return place.refuse("it is empty");
  HEADROOM_TRY_VOID(check_width(estimator, anchors.columns, name));
  HEADROOM_TRY(kernel, pairwise_kernel(estimator, anchors.columns));
  spec.n_features = anchors.columns;
  spec.kernel = kernel;
  spec.anchors = std::move(anchors.values);
  return spec;
}
}  // namespace

Imported import_nystroem(const Estimator& estimator) {
  if (const auto more = estimator.place.find("kernel_params"); more && !more->is_none()) return more->refuse("parameters for the kernel beside gamma, coef0 and degree are not served");
  HEADROOM_TRY(spec, anchors_of(estimator, "components_"));
  const std::size_t count = spec.anchors.size() / spec.n_features;
  HEADROOM_TRY(place, estimator.place.need("normalization_"));
  HEADROOM_TRY(weights, matrix_of(place, estimator, count, count));
  spec.weights = std::move(weights);
  return finish(estimator, std::make_shared<model::KernelMap>(std::move(spec)));
}

Imported import_kernel_pca(const Estimator& estimator) {
  HEADROOM_TRY(spec, anchors_of(estimator, "X_fit_"));
  const std::size_t count = spec.anchors.size() / spec.n_features;
  const bool is_older = !estimator.place.find("eigenvalues_");   // before 1.0
  HEADROOM_TRY(values_place, estimator.place.need(is_older ? "lambdas_" : "eigenvalues_"));
  HEADROOM_TRY(vectors_place, estimator.place.need(is_older ? "alphas_" : "eigenvectors_"));
  HEADROOM_TRY(vectors, matrix_of(vectors_place, estimator));
  if (vectors.rows != count || vectors.columns == 0) return vectors_place.refuse("it does not have a row for each of X_fit_");
  HEADROOM_TRY(values, values_place.numbers({vectors.columns}));
  HEADROOM_TRY_VOID(spend(estimator, (vectors.values.size() + count) * sizeof(double)));
  for (std::size_t k = 0; k < vectors.columns; ++k) {
    for (std::size_t t = 0; t < count; ++t) spec.weights.push_back(values[k] == 0 ? 0.0 : vectors.values[t * vectors.columns + k] / std::sqrt(values[k]));
  }
  HEADROOM_TRY(centre_place, estimator.place.need("_centerer"));
  HEADROOM_TRY(centre, as_estimator(centre_place, estimator));
  HEADROOM_TRY(means, vector_of(centre, "K_fit_rows_", count));
  spec.means = std::move(means);
  HEADROOM_TRY(mean_place, centre_place.need("K_fit_all_"));
  HEADROOM_TRY(mean, number_of(mean_place));
  spec.mean = mean;
  return finish(estimator, std::make_shared<model::KernelMap>(std::move(spec)));
}
}  // namespace headroom::importers
