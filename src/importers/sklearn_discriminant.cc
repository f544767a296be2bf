// LinearDiscriminantAnalysis and QuadraticDiscriminantAnalysis.
#include "model/discriminant.h"

#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"
#include "importers/sklearn_linear.h"
#include "model/sums.h"

namespace headroom::importers {
using model::QuadraticDiscriminant;

namespace {
/// scalings_[:, :_max_components], transposed; empty for the solver that cannot transform.
Read<std::vector<double>> projection_of(const Estimator& estimator, const std::string& solver, std::size_t n_features) {
  if (solver == "lsqr") return std::vector<double>();
  HEADROOM_TRY(place, estimator.place.need("scalings_"));
  HEADROOM_TRY(scalings, matrix_of(place, estimator));
  if (scalings.rows != n_features) return place.refuse("scalings_ has " + std::to_string(scalings.rows) + " rows for " + std::to_string(n_features) + " features");
  HEADROOM_TRY(most_place, estimator.place.need("_max_components"));
  HEADROOM_TRY(most, most_place.count());
  const std::size_t components = std::min(most, scalings.columns);
  std::vector<double> projection(components * n_features);
  for (std::size_t k = 0; k < components; ++k) {
    for (std::size_t j = 0; j < n_features; ++j) projection[k * n_features + j] = scalings.values[j * scalings.columns + k];
  }
  return projection;
}

Read<QuadraticDiscriminant::Class> class_of(const Estimator& estimator, std::size_t k, std::size_t n_features) {
  QuadraticDiscriminant::Class one;
  HEADROOM_TRY(scalings_list, estimator.place.need("scalings_"));
  HEADROOM_TRY(rotations_list, estimator.place.need("rotations_"));
  HEADROOM_TRY(n_scalings, scalings_list.size());
  HEADROOM_TRY(n_rotations, rotations_list.size());
  if (k >= n_scalings || k >= n_rotations) return scalings_list.refuse("scalings_ or rotations_ lacks class " + std::to_string(k));
  HEADROOM_TRY(scaling, scalings_list.item(k).numbers());
  HEADROOM_TRY(rotation, matrix_of(rotations_list.item(k), estimator, n_features, scaling.size()));
  const std::size_t rank = scaling.size();
  one.whitening.resize(rank * n_features);
  std::vector<double> logs(rank);
  for (std::size_t r = 0; r < rank; ++r) {
    const double factor = std::pow(scaling[r], -0.5);
    for (std::size_t j = 0; j < n_features; ++j) one.whitening[r * n_features + j] = rotation[j * rank + r] * factor;
    logs[r] = std::log(scaling[r]);
  }
  one.log_scaling = model::numpy_sum({logs.data(), rank});
  return one;
}
}  // namespace

Imported import_lda(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  HEADROOM_TRY(spec, linear_spec(estimator, classes.classes.size()));
  const bool one_versus_rest = spec.n_classes == 2 || estimator.version < Version{0, 21};
  spec.link = one_versus_rest ? model::Link::logistic : model::Link::softmax;
  spec.zero_row = model::ZeroRow::nan;
  HEADROOM_TRY(solver, word_of(estimator, "solver"));
  if (solver != "svd" && solver != "lsqr" && solver != "eigen") return estimator.place.find("solver")->refuse("solver '" + formats::printable(solver, 40) + "' is not known");
  std::vector<double> center;
  if (solver == "svd") {
    HEADROOM_TRY(place, estimator.place.need("xbar_"));
    HEADROOM_TRY(values, place.numbers({spec.n_features}));
    center = std::move(values);
  }
  HEADROOM_TRY(projection, projection_of(estimator, solver, spec.n_features));
  return finish(estimator, std::make_shared<model::LinearDiscriminant>(std::move(spec), std::move(center), std::move(projection)), std::move(classes));
}

Imported import_qda(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  const std::size_t n_classes = classes.classes.size();
  HEADROOM_TRY(means_place, estimator.place.need("means_"));
  HEADROOM_TRY(means, matrix_of(means_place, estimator));
  if (means.rows != n_classes || means.columns == 0) return means_place.mismatch("an array of shape (classes, features)");
  HEADROOM_TRY_VOID(check_width(estimator, means.columns, "means_"));
  HEADROOM_TRY(priors_place, estimator.place.need("priors_"));
  HEADROOM_TRY(priors, priors_place.numbers({n_classes}));
  std::vector<QuadraticDiscriminant::Class> parts;
  for (std::size_t k = 0; k < n_classes; ++k) {
    HEADROOM_TRY(part, class_of(estimator, k, means.columns));
    const auto mean = means.values.begin() + static_cast<std::ptrdiff_t>(k * means.columns);
    part.mean.assign(mean, mean + static_cast<std::ptrdiff_t>(means.columns));
    part.log_prior = std::log(priors[k]);
    parts.push_back(std::move(part));
  }
  const auto normal = estimator.version < Version{1, 6} ? model::ScoreNormal::quotient : model::ScoreNormal::difference;
  return finish(estimator, std::make_shared<QuadraticDiscriminant>(means.columns, std::move(parts), normal), std::move(classes));
}
}  // namespace headroom::importers
