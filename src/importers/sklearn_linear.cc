// Linear classifiers: LogisticRegression(CV), SGDClassifier, Perceptron, PassiveAggressiveClassifier, LinearSVC, RidgeClassifier(CV).
#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"
#include "importers/sklearn_linear.h"

namespace headroom::importers {
using model::Link;

namespace {
/// Whether probabilities are one-versus-rest. Up to 1.7 multi_class and the solver decide; it is gone in 1.8.
Read<Link> link_of_logistic(const Estimator& estimator, std::size_t n_classes) {
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

Read<Link> link_of(const Estimator& estimator, std::size_t n_classes) {
  if (estimator.name.starts_with("LogisticRegression")) return link_of_logistic(estimator, n_classes);
  if (estimator.name != "SGDClassifier") return Link::none;
  HEADROOM_TRY(loss, word_of(estimator, "loss"));
  if (loss == "log_loss" || loss == "log") return Link::logistic;
  return loss == "modified_huber" ? Link::modified_huber : Link::none;
}

/// classes_; RidgeClassifier keeps them in its LabelBinarizer, whose y_type_ also tells of several labels a row.
Read<bool> classes_of(const Estimator& estimator, model::ModelInfo& info, bool& multilabel) {
  const auto binarizer = estimator.place.find("_label_binarizer");
  if (!estimator.name.starts_with("RidgeClassifier") || !binarizer) return describe_classes(estimator, info);
  HEADROOM_TRY(type_place, binarizer->need("y_type_"));
  HEADROOM_TRY(type, type_place.text());
  multilabel = type.starts_with("multilabel") && estimator.version >= Version{1, 0};   // before, its answer was the label of the largest score
  HEADROOM_TRY(inner, as_estimator(*binarizer, estimator));
  return describe_classes(inner, info);
}

Read<model::Linear::Spec> weights_of(const Estimator& estimator, std::size_t n_classes, bool multilabel) {
  model::Linear::Spec spec;
  spec.n_classes = n_classes;
  spec.multilabel = multilabel;
  HEADROOM_TRY(coef, estimator.place.need("coef_"));
  HEADROOM_TRY(weights, rows_of(coef, estimator));
  if (weights.columns == 0) return coef.refuse("coef_ has no columns");
  spec.n_features = weights.columns;
  HEADROOM_TRY_VOID(check_width(estimator, weights.columns, "coef_"));
  const std::size_t decisions = n_classes == 2 && !multilabel ? 1 : n_classes;
  if (weights.rows != decisions) {
    return coef.refuse("coef_ has " + std::to_string(weights.rows) + " rows; classes_ of " + std::to_string(n_classes) + " needs " + std::to_string(decisions));
  }
  spec.coef = std::move(weights.values);
  HEADROOM_TRY(intercept_place, estimator.place.need("intercept_"));
  HEADROOM_TRY(intercept, spread(intercept_place, decisions));
  spec.intercept = std::move(intercept);
  return spec;
}
}  // namespace

Read<model::Linear::Spec> linear_spec(const Estimator& estimator, std::size_t n_classes) {
  if (n_classes < 2) return estimator.place.refuse("a linear classifier of one class");
  return weights_of(estimator, n_classes, false);
}

Imported import_linear_classifier(const Estimator& estimator) {
  model::ModelInfo classes;
  bool multilabel = false;
  HEADROOM_TRY_VOID(classes_of(estimator, classes, multilabel));
  const std::size_t n_classes = classes.classes.size();
  if (n_classes < 2 && !multilabel) return estimator.place.refuse("a linear classifier of one class");
  HEADROOM_TRY(spec, weights_of(estimator, n_classes, multilabel));
  HEADROOM_TRY(link, link_of(estimator, n_classes));
  spec.link = link;
  spec.zero_row = estimator.version < Version{1, 9} ? model::ZeroRow::nan : model::ZeroRow::uniform;
  if (multilabel) classes = {};   // predict answers 0 and 1, not classes
  return finish(estimator, std::make_shared<model::Linear>(std::move(spec)), std::move(classes));
}
}  // namespace headroom::importers
