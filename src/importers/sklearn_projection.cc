// PCA, IncrementalPCA, TruncatedSVD, FactorAnalysis, FastICA, NeighborhoodComponentsAnalysis, the random projections, PLSSVD, BernoulliRBM.
#include <algorithm>
#include <cmath>

#include "importers/matrix.h"
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

/// The inverse of a square matrix by elimination with row exchanges; false if it has none.
bool invert(std::vector<double> a, std::size_t n, std::vector<double>& out) {
  out.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) out[i * n + i] = 1;
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t r = i + 1; r < n; ++r) pivot = std::fabs(a[r * n + i]) > std::fabs(a[pivot * n + i]) ? r : pivot;
    const double by = a[pivot * n + i];
    if (!std::isfinite(by) || by == 0) return false;
    for (std::size_t c = 0; c < n; ++c) {
      std::swap(a[i * n + c], a[pivot * n + c]);
      std::swap(out[i * n + c], out[pivot * n + c]);
      a[i * n + c] /= by;
      out[i * n + c] /= by;
    }
    for (std::size_t r = 0; r < n; ++r) {
      const double times = a[r * n + i];
      for (std::size_t c = 0; c < n && r != i; ++c) {
        a[r * n + c] -= times * a[i * n + c];
        out[r * n + c] -= times * out[i * n + c];
      }
    }
  }
  return true;
}

/// FactorAnalysis stores loadings W and noise Ψ; what it projects on is (I + W Ψ⁻¹ Wᵀ)⁻¹ W Ψ⁻¹.
Read<bool> factor_scores(const Estimator& estimator, model::Projection::Spec& spec) {
  constexpr std::size_t kMost = 512;                  // what is inverted grows with the square, its time with the cube
  constexpr std::size_t kMostProducts = 1U << 31U;   // a second's work
  const std::size_t k = spec.n_components, n = spec.n_features;
  if (k > kMost || n > kMostProducts / (k * k)) return estimator.place.find("components_")->refuse(std::to_string(k) + " factors of " + std::to_string(n) + " features are not served: they are too many to invert");
  HEADROOM_TRY(noise, vector_of(estimator, "noise_variance_", n));
  HEADROOM_TRY_VOID(spend(estimator, (2 * k * k + k * n) * sizeof(double)));
  auto weighted = spec.components;
  for (std::size_t i = 0; i < weighted.size(); ++i) weighted[i] /= noise[i % n];
  std::vector<double> gram(k * k), inverse;
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = 0; b < k; ++b) gram[a * k + b] = (a == b ? 1.0 : 0.0) + model::dot(weighted.data() + a * n, spec.components.data() + b * n, n);
  }
  if (!invert(std::move(gram), k, inverse)) return estimator.place.find("components_")->refuse("the factors have no covariance that could be inverted");
  std::ranges::fill(spec.components, 0.0);
  for (std::size_t b = 0; b < k; ++b) {
    for (std::size_t a = 0; a < k; ++a) {
      for (std::size_t j = 0; j < n; ++j) spec.components[b * n + j] += inverse[a * k + b] * weighted[a * n + j];
    }
  }
  return true;
}

/// What stands around the product with components_.
Read<bool> read_around(const Estimator& estimator, model::Projection::Spec& spec) {
  if (estimator.name == "FactorAnalysis" || estimator.name == "FastICA") {   // the latter has a mean_ where it whitens
    HEADROOM_TRY(mean, optional_vector_of(estimator, "mean_", spec.n_features));
    if (mean) spec.mean = std::move(*mean);
    if (estimator.name == "FactorAnalysis") HEADROOM_TRY_VOID(factor_scores(estimator, spec));
    return true;
  }
  if (estimator.name == "BernoulliRBM") {
    HEADROOM_TRY(bias, vector_of(estimator, "intercept_hidden_", spec.n_components));
    for (const double value : bias) spec.offset.push_back(-value);
    spec.is_logistic = true;
    return true;
  }
  if (estimator.name != "PCA" && estimator.name != "IncrementalPCA") return true;
  HEADROOM_TRY_VOID(centre(estimator, spec));
  HEADROOM_TRY(whiten, flag_of(estimator, "whiten", false));
  if (!whiten) return true;
  HEADROOM_TRY(scale, scale_of(estimator, spec.n_components));
  spec.scale = std::move(scale);
  return true;
}
}  // namespace

Imported import_projection(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("components_"));
  HEADROOM_TRY(components, matrix_of(place, estimator));   // sparse of SparseRandomProjection
  if (components.rows == 0 || components.columns == 0) return place.mismatch("an array of shape (components, features)");
  HEADROOM_TRY_VOID(check_width(estimator, components.columns, "components_"));
  model::Projection::Spec spec;
  spec.n_components = components.rows;
  spec.n_features = components.columns;
  HEADROOM_TRY_VOID(spend(estimator, (spec.n_features + 2 * spec.n_components) * sizeof(double)));
  spec.components = std::move(components.values);
  HEADROOM_TRY_VOID(read_around(estimator, spec));
  auto model = std::make_shared<model::Projection>(std::move(spec));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

Imported import_pls_svd(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("x_weights_"));
  HEADROOM_TRY(weights, matrix_of(place, estimator));
  if (weights.rows == 0 || weights.columns == 0) return place.mismatch("an array of shape (features, components)");
  HEADROOM_TRY_VOID(check_width(estimator, weights.rows, "x_weights_"));
  HEADROOM_TRY_VOID(spend(estimator, (weights.values.size() + 2 * weights.rows) * sizeof(double)));
  model::Projection::Spec spec;
  spec.n_features = weights.rows;
  spec.n_components = weights.columns;
  for (std::size_t k = 0; k < weights.columns; ++k) {
    for (std::size_t j = 0; j < weights.rows; ++j) spec.components.push_back(weights.values[j * weights.columns + k]);
  }
  const bool is_older = !estimator.place.find("_x_mean");   // before 0.24
  HEADROOM_TRY(mean, vector_of(estimator, is_older ? "x_mean_" : "_x_mean", weights.rows));
  HEADROOM_TRY(deviation, vector_of(estimator, is_older ? "x_std_" : "_x_std", weights.rows));
  spec.mean = std::move(mean);
  spec.deviation = std::move(deviation);
  return finish(estimator, std::make_shared<model::Projection>(std::move(spec)));
}
}  // namespace headroom::importers
