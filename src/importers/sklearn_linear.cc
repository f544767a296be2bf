// LogisticRegression and LogisticRegressionCV.
#include "formats/error.h"
#include "importers/estimator.h"
#include "model/linear.h"

namespace headroom::importers {
using formats::Kind;
using model::Link;

namespace {
Read<std::string> word_of(const Estimator& estimator, std::string_view name) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.text();
}

/// Whether probabilities are one-versus-rest. Up to 1.7 multi_class and the solver decide; it is gone in 1.8.
Read<Link> link_of(const Estimator& estimator, std::size_t n_classes) {
  if (estimator.version >= Version{1, 8} || !estimator.place.find("multi_class")) return n_classes <= 2 ? Link::logistic : Link::softmax;
  HEADROOM_TRY(multi_class, word_of(estimator, "multi_class"));
  HEADROOM_TRY(solver, word_of(estimator, "solver"));
  if (multi_class == "ovr" || multi_class == "warn") return Link::logistic;
  if (multi_class == "multinomial") return Link::softmax;
  if (multi_class != "auto" && multi_class != "deprecated") {
    return estimator.place.find("multi_class")->refuse("multi_class '" + formats::printable(multi_class, 40) + "' is not known");
  }
  const bool one_versus_rest = solver == "liblinear" || (solver == "newton-cholesky" && estimator.version < Version{1, 6});
  return n_classes <= 2 || one_versus_rest ? Link::logistic : Link::softmax;
}

/// intercept_: one a decision, also where fit_intercept is off (then it is zeros, or 0.0).
Read<std::vector<double>> intercept_of(const Estimator& estimator, std::size_t decisions) {
  HEADROOM_TRY(place, estimator.place.need("intercept_"));
  if (place.value().is(Kind::real) && place.value().real() == 0) return std::vector<double>(decisions, 0.0);
  return place.numbers({decisions});
}
}  // namespace

Imported import_logistic(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  model::Linear::Spec spec;
  spec.n_classes = classes.classes.size();
  HEADROOM_TRY(coef, estimator.place.need("coef_"));
  HEADROOM_TRY(array, coef.array());
  if (array->shape.size() != 2 || array->shape[1] == 0) return coef.mismatch("an array of shape (decisions, features)");
  spec.n_features = array->shape[1];
  if (const auto stored = estimator.place.find("n_features_in_")) {
    HEADROOM_TRY(n_features, stored->count());
    if (n_features != spec.n_features) return stored->refuse("n_features_in_ is " + std::to_string(n_features) + ", but coef_ has " + std::to_string(spec.n_features) + " columns");
  }
  if (spec.n_classes < 2) return estimator.place.find("classes_")->refuse("a linear classifier of one class");
  const std::size_t decisions = spec.n_classes == 2 ? 1 : spec.n_classes;
  if (array->shape[0] != decisions) {
    return coef.refuse("coef_ has " + std::to_string(array->shape[0]) + " rows; classes_ of " + std::to_string(spec.n_classes) + " needs " + std::to_string(decisions));
  }
  HEADROOM_TRY_VOID(spend(estimator, (decisions * spec.n_features + decisions) * 8));
  HEADROOM_TRY(weights, coef.numbers());
  spec.coef = std::move(weights);
  HEADROOM_TRY(intercept, intercept_of(estimator, decisions));
  spec.intercept = std::move(intercept);
  HEADROOM_TRY(link, link_of(estimator, spec.n_classes));
  spec.link = link;
  spec.zero_row = estimator.version < Version{1, 9} ? model::ZeroRow::nan : model::ZeroRow::uniform;
  auto model = std::make_shared<model::Linear>(std::move(spec));
  model->edit_info().classes = std::move(classes.classes);
  model->edit_info().classes_dtype = std::move(classes.classes_dtype);
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
