// GaussianNB, MultinomialNB, ComplementNB, BernoulliNB, CategoricalNB.
#include "model/naive_bayes.h"

#include <cmath>

#include "importers/estimator.h"
#include "importers/matrix.h"
#include "model/sums.h"

namespace headroom::importers {
namespace {
Read<std::vector<double>> per_class(const Estimator& estimator, std::string_view name, std::size_t n_classes) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.numbers({n_classes});
}

/// BernoulliNB: log(1 − p) is folded into weights and offset, as scikit-learn does for each call.
void fold_negatives(model::DiscreteNb::Spec& spec) {
  const std::size_t n = spec.n_features;
  std::vector<double> negative(n);
  for (std::size_t k = 0; k < spec.offset.size(); ++k) {
    double* weights = spec.weights.data() + k * n;
    for (std::size_t j = 0; j < n; ++j) {
      negative[j] = std::log(1.0 - std::exp(weights[j]));
      weights[j] -= negative[j];
    }
    spec.offset[k] += model::numpy_sum({negative.data(), n});
  }
}
}  // namespace

Imported import_gaussian_nb(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  const std::size_t n_classes = classes.classes.size();
  model::GaussianNb::Spec spec;
  HEADROOM_TRY(prior, per_class(estimator, "class_prior_", n_classes));
  spec.prior = std::move(prior);
  HEADROOM_TRY(mean_place, estimator.place.need("theta_"));
  HEADROOM_TRY(mean, matrix_of(mean_place, estimator));
  if (mean.rows != n_classes || mean.columns == 0) return mean_place.mismatch("an array of shape (classes, features)");
  spec.n_features = mean.columns;
  HEADROOM_TRY_VOID(check_width(estimator, mean.columns, "theta_"));
  spec.mean = std::move(mean.values);
  HEADROOM_TRY(variance_place, estimator.place.need(estimator.place.find("var_") ? "var_" : "sigma_"));
  HEADROOM_TRY(variance, matrix_of(variance_place, estimator, n_classes, spec.n_features));
  spec.variance = std::move(variance);
  return finish(estimator, std::make_shared<model::GaussianNb>(std::move(spec)), std::move(classes));
}

Imported import_discrete_nb(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  const std::size_t n_classes = classes.classes.size();
  model::DiscreteNb::Spec spec;
  HEADROOM_TRY(weights_place, estimator.place.need("feature_log_prob_"));
  HEADROOM_TRY(weights, matrix_of(weights_place, estimator));
  if (weights.rows != n_classes || weights.columns == 0) return weights_place.mismatch("an array of shape (classes, features)");
  spec.n_features = weights.columns;
  HEADROOM_TRY_VOID(check_width(estimator, weights.columns, "feature_log_prob_"));
  spec.weights = std::move(weights.values);
  HEADROOM_TRY(prior, per_class(estimator, "class_log_prior_", n_classes));
  spec.offset = std::move(prior);
  // ComplementNB uses the prior only where there is nothing to choose.
  if (estimator.name == "ComplementNB" && n_classes > 1) spec.offset.assign(n_classes, 0.0);
  if (estimator.name == "BernoulliNB") {
    HEADROOM_TRY(binarize, estimator.place.need("binarize"));
    if (!binarize.is_none()) {
      HEADROOM_TRY(threshold, number_of(binarize));
      spec.threshold = threshold;
    }
    fold_negatives(spec);
  }
  return finish(estimator, std::make_shared<model::DiscreteNb>(std::move(spec)), std::move(classes));
}

Imported import_categorical_nb(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  const std::size_t n_classes = classes.classes.size();
  model::CategoricalNb::Spec spec;
  HEADROOM_TRY(prior, per_class(estimator, "class_log_prior_", n_classes));
  spec.log_prior = std::move(prior);
  HEADROOM_TRY(list, estimator.place.need("feature_log_prob_"));
  HEADROOM_TRY(n_features, list.size());
  if (n_features == 0) return list.refuse("feature_log_prob_ is empty");
  HEADROOM_TRY_VOID(check_width(estimator, n_features, "feature_log_prob_"));
  for (std::size_t j = 0; j < n_features; ++j) {
    HEADROOM_TRY(table, matrix_of(list.item(j), estimator));
    if (table.rows != n_classes || table.columns == 0) return list.item(j).mismatch("an array of shape (classes, categories)");
    spec.n_categories.push_back(table.columns);
    for (std::size_t c = 0; c < table.columns; ++c) {
      for (std::size_t k = 0; k < n_classes; ++k) spec.tables.push_back(table.values[k * table.columns + c]);
    }
  }
  return finish(estimator, std::make_shared<model::CategoricalNb>(std::move(spec)), std::move(classes));
}
}  // namespace headroom::importers
