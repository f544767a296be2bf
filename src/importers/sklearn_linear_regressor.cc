// Linear regressors, generalized linear models, PLSRegression and its kin, RANSACRegressor.
#include "model/linear_regressor.h"

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"

namespace headroom::importers {
using model::Inverse;
using Spec = model::LinearRegressor::Spec;

namespace {
/// The link of a generalized linear model: by class; TweedieRegressor's by its parameters.
Read<Inverse> inverse_of(const Estimator& estimator) {
  if (estimator.name == "PoissonRegressor" || estimator.name == "GammaRegressor") return Inverse::exp;
  if (estimator.name != "TweedieRegressor") return Inverse::identity;
  HEADROOM_TRY(link, word_of(estimator, "link"));
  if (link == "log") return Inverse::exp;
  if (link == "identity") return Inverse::identity;
  if (link != "auto") return estimator.place.find("link")->refuse("link '" + formats::printable(link, 40) + "' is not known");
  HEADROOM_TRY(power_place, estimator.place.need("power"));
  HEADROOM_TRY(power, number_of(power_place));
  return power <= 0 ? Inverse::identity : Inverse::exp;
}

Read<std::vector<double>> vector_of(const Estimator& estimator, std::string_view name, std::size_t size) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.numbers({size});
}

std::vector<double> transposed(const Matrix& matrix) {
  std::vector<double> values(matrix.values.size());
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    for (std::size_t j = 0; j < matrix.columns; ++j) values[j * matrix.rows + i] = matrix.values[i * matrix.columns + j];
  }
  return values;
}

/// PLS's coef_ is [features, targets] before 1.3 (1.1 and 1.2 keep the transposed one as _coef_).
Read<Matrix> pls_weights(const Estimator& estimator) {
  const auto inner = estimator.place.find("_coef_");
  HEADROOM_TRY(place, inner ? Read<Place>(*inner) : estimator.place.need("coef_"));
  HEADROOM_TRY(matrix, matrix_of(place, estimator));
  if (inner || estimator.version >= Version{1, 3}) return std::move(matrix);
  return Matrix{matrix.columns, matrix.rows, transposed(matrix)};
}

/// Names of PLS's statistics: x_mean_ before 0.24, _x_mean since.
std::string statistic(const Estimator& estimator, const std::string& name) {
  return estimator.place.find("_" + name) ? "_" + name : name + "_";
}
}  // namespace

Imported import_linear_regressor(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY(coef, estimator.place.need("coef_"));
  HEADROOM_TRY(weights, rows_of(coef, estimator));
  if (weights.columns == 0 || weights.rows == 0) return coef.refuse("coef_ is empty");
  spec.n_features = weights.columns;
  HEADROOM_TRY_VOID(check_width(estimator, weights.columns, "coef_"));
  spec.coef = std::move(weights.values);
  HEADROOM_TRY(intercept_place, estimator.place.need("intercept_"));
  HEADROOM_TRY(intercept, spread(intercept_place, weights.rows));
  spec.intercept = std::move(intercept);
  HEADROOM_TRY(inverse, inverse_of(estimator));
  spec.inverse = inverse;
  return finish(estimator, std::make_shared<model::LinearRegressor>(std::move(spec)));
}

Imported import_pls(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY(weights, pls_weights(estimator));
  spec.n_features = weights.columns;
  if (weights.rows == 0 || weights.columns == 0) return estimator.place.refuse("coef_ is empty");
  HEADROOM_TRY_VOID(check_width(estimator, weights.columns, "coef_"));
  spec.coef = std::move(weights.values);
  const std::string offset = estimator.place.find("intercept_") ? "intercept_" : statistic(estimator, "y_mean");
  HEADROOM_TRY(intercept, vector_of(estimator, offset, weights.rows));
  spec.intercept = std::move(intercept);
  HEADROOM_TRY(center, vector_of(estimator, statistic(estimator, "x_mean"), spec.n_features));
  spec.center = std::move(center);
  HEADROOM_TRY(scale, vector_of(estimator, statistic(estimator, "x_std"), spec.n_features));
  spec.rotation_scale = std::move(scale);
  if (estimator.version < Version{1, 5}) spec.scale = spec.rotation_scale;   // since then coef_ contains it
  HEADROOM_TRY(rotations_place, estimator.place.need("x_rotations_"));
  HEADROOM_TRY(rotations, matrix_of(rotations_place, estimator));
  if (rotations.rows != spec.n_features || rotations.columns == 0) return rotations_place.refuse("x_rotations_ has " + std::to_string(rotations.rows) + " rows, not one a feature");
  spec.rotations = transposed(rotations);
  return finish(estimator, std::make_shared<model::LinearRegressor>(std::move(spec)));
}

Imported import_ransac(const Estimator& ransac) {
  HEADROOM_TRY(place, ransac.place.need("estimator_"));
  HEADROOM_TRY(inner, as_estimator(place, ransac));
  HEADROOM_TRY(model, import_estimator(inner));
  if (model->info().task != model::Task::regression) return place.mismatch("a regressor");
  model::Part part = model->info().tree;
  part.name = "estimator_";
  const auto features = model->info().features;
  HEADROOM_TRY_VOID(describe(ransac, model->edit_info()));
  if (model->info().features.empty()) model->edit_info().features = features;
  model->edit_info().methods = {model::Method::predict};
  model->edit_info().tree.parts = {std::move(part)};
  return std::move(model);
}
}  // namespace headroom::importers
