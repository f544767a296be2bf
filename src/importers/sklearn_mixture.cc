// GaussianMixture and BayesianGaussianMixture.
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <numbers>

#include "formats/error.h"
#include "importers/matrix.h"
#include "importers/members.h"
#include "importers/values.h"
#include "model/gaussian_mixture.h"
#include "model/sums.h"

namespace headroom::importers {
using formats::Kind;
using Spec = model::GaussianMixture::Spec;
using Metric = model::GaussianMixture::Metric;

namespace {
/// Γ'(x) / Γ(x), x > 0, as scipy.special.digamma within its rounding.
double digamma(double x) {
  namespace policies = boost::math::policies;
  using Quiet = policies::policy<policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>, policies::overflow_error<policies::ignore_error>,
                                 policies::evaluation_error<policies::ignore_error>, policies::promote_double<false>>;
  return boost::math::digamma(x, Quiet());
}

Read<std::vector<double>> positive(const Place& place, std::size_t count) {
  HEADROOM_TRY(values, spread(place, count));   // one number where all components share a matrix
  for (const double value : values) {
    if (!(value > 0 && std::isfinite(value))) return place.refuse("a number that is not above 0");
  }
  return std::move(values);
}

Read<Metric> metric_of(const Estimator& estimator) {
  constexpr std::pair<std::string_view, Metric> kMetrics[] = {{"full", Metric::own_matrix}, {"tied", Metric::one_matrix}, {"diag", Metric::own_diagonal}, {"spherical", Metric::own_number}};
  HEADROOM_TRY(word, word_of(estimator, "covariance_type"));
  for (const auto& [name, metric] : kMetrics) {
    if (name == word) return metric;
  }
  return estimator.place.find("covariance_type")->refuse("the covariance type '" + formats::printable(word, 40) + "' is not known");
}

/// The matrix at `values`, [n, n], transposed onto the end of `out`; the sum of its diagonal's logarithms.
double add_transposed(const double* values, std::size_t n, std::vector<double>& out) {
  std::vector<double> logs(n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) out.push_back(values[i * n + j]);
    logs[j] = std::log(values[j * n + j]);
  }
  return model::numpy_sum({logs.data(), n});
}

/// precisions_cholesky_: P, and its determinant's logarithm for each component.
Read<bool> read_precision(const Estimator& estimator, Spec& spec) {
  const std::size_t n = spec.n_features, count = spec.logs.size();
  HEADROOM_TRY(place, estimator.place.need("precisions_cholesky_"));
  std::vector<std::uint64_t> shape;
  switch (spec.metric) {
    case Metric::own_matrix: shape = {count, n, n}; break;
    case Metric::one_matrix: shape = {n, n}; break;
    case Metric::own_diagonal: shape = {count, n}; break;
    case Metric::own_number: shape = {count}; break;
  }
  HEADROOM_TRY(array, place.array());
  HEADROOM_TRY_VOID(spend(estimator, array->count() * 2 * sizeof(double)));
  HEADROOM_TRY(values, place.numbers(shape));
  if (spec.metric == Metric::one_matrix) {
    const double determinant = add_transposed(values.data(), n, spec.precision);
    for (auto& logs : spec.logs) logs.determinant = determinant;
    return true;
  }
  std::vector<double> terms(n);
  for (std::size_t k = 0; k < count; ++k) {
    double& determinant = spec.logs[k].determinant;
    if (spec.metric == Metric::own_matrix) {
      determinant = add_transposed(values.data() + k * n * n, n, spec.precision);
    } else if (spec.metric == Metric::own_number) {
      determinant = static_cast<double>(n) * std::log(values[k]);
      spec.precision.push_back(values[k] * values[k]);
    } else {
      for (std::size_t j = 0; j < n; ++j) {
        terms[j] = std::log(values[k * n + j]);
        spec.precision.push_back(values[k * n + j] * values[k * n + j]);
      }
      determinant = model::numpy_sum({terms.data(), n});
    }
  }
  return true;
}

/// E[log π] of the components under a Dirichlet process or distribution.
Read<bool> read_concentration(const Estimator& estimator, Spec& spec) {
  const std::size_t count = spec.logs.size();
  HEADROOM_TRY(type, word_of(estimator, "weight_concentration_prior_type"));
  HEADROOM_TRY(place, estimator.place.need("weight_concentration_"));
  if (type == "dirichlet_distribution") {
    HEADROOM_TRY(values, positive(place, count));
    const double all = digamma(model::numpy_sum({values.data(), count}));
    for (std::size_t k = 0; k < count; ++k) spec.logs[k].weight = digamma(values[k]) - all;
    return true;
  }
  if (type != "dirichlet_process") return estimator.place.find("weight_concentration_prior_type")->refuse("'" + formats::printable(type, 40) + "' is not known");
  HEADROOM_TRY(parts, place.size());
  if (parts != 2) return place.mismatch("a pair of arrays");
  HEADROOM_TRY(a, positive(place.item(0), count));
  HEADROOM_TRY(b, positive(place.item(1), count));
  double before = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const double all = digamma(a[k] + b[k]);
    spec.logs[k].weight = digamma(a[k]) - all + before;
    before += digamma(b[k]) - all;
  }
  return true;
}

Read<bool> read_bayesian(const Estimator& estimator, Spec& spec) {
  const std::size_t count = spec.logs.size();
  const double n = static_cast<double>(spec.n_features);
  HEADROOM_TRY_VOID(read_concentration(estimator, spec));
  HEADROOM_TRY(freedom_place, estimator.place.need("degrees_of_freedom_"));
  HEADROOM_TRY(freedom, positive(freedom_place, count));
  HEADROOM_TRY(precision_place, estimator.place.need("mean_precision_"));
  HEADROOM_TRY(precision, positive(precision_place, count));
  for (std::size_t k = 0; k < count; ++k) {
    if (!(freedom[k] > n - 1)) return freedom_place.refuse("it must be above the number of features less 1");
    double sum = 0;
    for (std::size_t j = 0; j < spec.n_features; ++j) sum += digamma(0.5 * (freedom[k] - static_cast<double>(j)));
    const double log_lambda = n * std::numbers::ln2 + sum;
    spec.logs[k].freedom = 0.5 * n * std::log(freedom[k]);
    spec.logs[k].precision = 0.5 * (log_lambda - n / precision[k]);
  }
  return true;
}
}  // namespace

Imported import_mixture(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY(metric, metric_of(estimator));
  spec.metric = metric;
  HEADROOM_TRY(place, estimator.place.need("means_"));
  HEADROOM_TRY(means, matrix_of(place, estimator));
  const std::size_t count = means.rows;
  if (count == 0 || means.columns == 0) return place.mismatch("an array of shape (components, features)");
  HEADROOM_TRY_VOID(check_width(estimator, means.columns, "means_"));
  HEADROOM_TRY_VOID(spend(estimator, means.values.size() * sizeof(double) + count * (sizeof(model::GaussianMixture::Logs) + sizeof(model::Label) + sizeof(double))));
  spec.n_features = means.columns;
  spec.means = std::move(means.values);
  spec.logs.resize(count);
  HEADROOM_TRY_VOID(read_precision(estimator, spec));
  if (estimator.name == "BayesianGaussianMixture") {
    HEADROOM_TRY_VOID(read_bayesian(estimator, spec));
  } else {
    HEADROOM_TRY(weights, vector_of(estimator, "weights_", count));
    for (std::size_t k = 0; k < count; ++k) spec.logs[k].weight = std::log(weights[k]);
  }
  model::ModelInfo classes;
  classes.classes = encoded(count);
  classes.classes_dtype = "<i8";
  return finish(estimator, std::make_shared<model::GaussianMixture>(std::move(spec)), std::move(classes));
}
}  // namespace headroom::importers
