// SVC, NuSVC, SVR, NuSVR, OneClassSVM and KernelRidge.
#include "model/svm.h"

#include <cmath>
#include <numeric>

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"
#include "importers/pairwise_kernel.h"

namespace headroom::importers {
using formats::Kind;
using model::Kernel;
using model::SupportVectors;
using model::SvmClassifier;

namespace {
Read<double> parameter(const Estimator& estimator, std::string_view name) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return number_of(place);
}

/// libsvm's kernels by name; "precomputed" has none.
Read<Kernel> kernel_of(const Estimator& estimator, const std::string& name) {
  Kernel kernel;
  if (name == "linear" || name == "precomputed") return kernel;
  HEADROOM_TRY(gamma, parameter(estimator, "_gamma"));
  kernel.gamma = gamma;
  if (name == "rbf") {
    kernel.kind = Kernel::Kind::rbf;
    return kernel;
  }
  if (name != "poly" && name != "sigmoid") return estimator.place.find("kernel")->refuse("kernel '" + formats::printable(name, 40) + "' is not known");
  kernel.kind = name == "poly" ? Kernel::Kind::poly : Kernel::Kind::sigmoid;
  HEADROOM_TRY(coef0, parameter(estimator, "coef0"));
  kernel.coef0 = coef0;
  HEADROOM_TRY(degree, parameter(estimator, "degree"));
  if (name == "poly" && (degree != std::floor(degree) || std::fabs(degree) > 1e6)) return estimator.place.find("degree")->refuse("a degree that is no integer");
  kernel.degree = degree;
  return kernel;
}

/// A kernel's name; a function cannot be served.
Read<std::string> kernel_name(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("kernel"));
  if (!place.value().is(Kind::text)) return place.refuse("a kernel that is " + formats::describe(place.value()) + " cannot be served: it is code");
  return place.text();
}

/// Rows of a precomputed kernel have one value for each row of the training data (shape_fit_).
Read<bool> take_columns(const Estimator& estimator, SupportVectors& support) {
  HEADROOM_TRY(shape, estimator.place.need("shape_fit_"));
  if (!shape.value().is(Kind::tuple) || shape.value().items().empty()) return shape.mismatch("a shape");
  HEADROOM_TRY(n_features, shape.item(0).count());
  HEADROOM_TRY_VOID(check_width(estimator, n_features, "the precomputed kernel"));
  HEADROOM_TRY(place, estimator.place.need("support_"));
  HEADROOM_TRY(columns, indexes_of(place, n_features));
  if (columns.empty()) return place.refuse("support_ is empty");
  support.n_features = n_features;
  support.count = columns.size();
  support.precomputed = std::move(columns);
  return true;
}

Read<SupportVectors> support_of(const Estimator& estimator) {
  SupportVectors support;
  HEADROOM_TRY(name, kernel_name(estimator));
  HEADROOM_TRY(kernel, kernel_of(estimator, name));
  support.kernel = kernel;
  if (name == "precomputed") {
    HEADROOM_TRY_VOID(take_columns(estimator, support));
    return support;
  }
  HEADROOM_TRY(place, estimator.place.need("support_vectors_"));
  HEADROOM_TRY(vectors, matrix_of(place, estimator));
  if (vectors.columns == 0) return place.refuse("support_vectors_ has no columns");
  HEADROOM_TRY_VOID(check_width(estimator, vectors.columns, "support_vectors_"));
  support.n_features = vectors.columns;
  support.count = vectors.rows;
  support.vectors = std::move(vectors.values);
  return support;
}

/// The attribute under its name since 0.22 or 0.23 ("_probA"), else the one before ("probA_").
Read<Place> either(const Estimator& estimator, std::string_view name, std::string_view older) {
  if (auto found = estimator.place.find(name)) return std::move(*found);
  return estimator.place.need(older);
}

Read<bool> read_probabilities(const Estimator& estimator, SvmClassifier::Spec& spec) {
  const auto wanted = estimator.place.find("probability");
  if (!wanted || !wanted->value().is(Kind::boolean) || !wanted->value().boolean()) return true;
  HEADROOM_TRY(a_place, either(estimator, "_probA", "probA_"));
  HEADROOM_TRY(a, a_place.numbers());
  if (a.empty()) return true;   // probability was set after fitting: the origin refuses predict_proba
  HEADROOM_TRY(b_place, either(estimator, "_probB", "probB_"));
  HEADROOM_TRY(b, b_place.numbers({spec.intercept.size()}));
  if (a.size() != b.size()) return a_place.refuse("probA and probB differ in length");
  spec.prob_a = std::move(a);
  spec.prob_b = std::move(b);
  return true;
}

Read<bool> read_shape(const Estimator& estimator, SvmClassifier::Spec& spec) {
  HEADROOM_TRY(shape, word_of(estimator, "decision_function_shape"));
  if (shape != "ovr" && shape != "ovo") return estimator.place.find("decision_function_shape")->refuse("'" + formats::printable(shape, 40) + "' is not known");
  spec.shape = shape == "ovo" ? SvmClassifier::Shape::one_versus_one : SvmClassifier::Shape::one_versus_rest;
  if (estimator.version < Version{0, 21}) spec.confidence = model::Confidence::scaled;
  const auto break_ties = estimator.place.find("break_ties");
  if (!break_ties) return true;
  HEADROOM_TRY(breaks, break_ties->boolean());
  if (breaks && shape == "ovo") return break_ties->refuse("break_ties must be False when decision_function_shape is 'ovo'");
  spec.break_ties = breaks;
  return true;
}

Read<std::vector<double>> weights_of(const Estimator& estimator, std::size_t rows, std::size_t columns) {
  HEADROOM_TRY(place, estimator.place.need("_dual_coef_"));
  return matrix_of(place, estimator, rows, columns);
}
}  // namespace

Imported import_svc(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  const std::size_t n_classes = classes.classes.size();
  if (n_classes < 2 || n_classes > 10'000) return estimator.place.find("classes_")->refuse(std::to_string(n_classes) + " classes");
  SvmClassifier::Spec spec;
  HEADROOM_TRY(support, support_of(estimator));
  spec.support = std::move(support);
  HEADROOM_TRY(count_place, either(estimator, "_n_support", "n_support_"));
  HEADROOM_TRY(counts, indexes_of(count_place, spec.support.count + 1));
  if (counts.size() != n_classes || std::accumulate(counts.begin(), counts.end(), std::size_t{0}) != spec.support.count) {
    return count_place.refuse("the counts of support vectors do not fit classes_ and support_vectors_");
  }
  spec.per_class = std::move(counts);
  HEADROOM_TRY(coef, weights_of(estimator, n_classes - 1, spec.support.count));
  spec.coef = std::move(coef);
  HEADROOM_TRY(intercept_place, estimator.place.need("_intercept_"));
  HEADROOM_TRY(intercept, intercept_place.numbers({n_classes * (n_classes - 1) / 2}));
  spec.intercept = std::move(intercept);
  HEADROOM_TRY_VOID(read_probabilities(estimator, spec));
  HEADROOM_TRY_VOID(read_shape(estimator, spec));
  return finish(estimator, std::make_shared<SvmClassifier>(std::move(spec)), std::move(classes));
}

Imported import_svr(const Estimator& estimator) {
  model::KernelMachine::Spec spec;
  HEADROOM_TRY(support, support_of(estimator));
  spec.support = std::move(support);
  HEADROOM_TRY(coef, weights_of(estimator, 1, spec.support.count));
  spec.coef = std::move(coef);
  HEADROOM_TRY(intercept_place, estimator.place.need("_intercept_"));
  HEADROOM_TRY(intercept, intercept_place.numbers({1}));
  spec.intercept = std::move(intercept);
  spec.is_outlier_detector = estimator.name == "OneClassSVM";
  return finish(estimator, std::make_shared<model::KernelMachine>(std::move(spec)));
}

Imported import_sgd_one_class(const Estimator& estimator) {
  model::KernelMachine::Spec spec;
  HEADROOM_TRY(coef_place, estimator.place.need("coef_"));
  HEADROOM_TRY(coef, rows_of(coef_place, estimator));
  if (coef.rows != 1 || coef.columns == 0) return coef_place.mismatch("one row of weights");
  HEADROOM_TRY_VOID(check_width(estimator, coef.columns, "coef_"));
  HEADROOM_TRY(offset_place, estimator.place.need("offset_"));
  HEADROOM_TRY(offset, number_of(offset_place));
  spec.support.n_features = coef.columns;   // one vector, the weights
  spec.support.count = 1;
  spec.support.vectors = std::move(coef.values);
  spec.coef = {1.0};
  spec.intercept = {-offset};
  spec.is_outlier_detector = true;
  spec.zero_is_inlier = true;
  return finish(estimator, std::make_shared<model::KernelMachine>(std::move(spec)));
}

Imported import_kernel_ridge(const Estimator& estimator) {
  model::KernelMachine::Spec spec;
  HEADROOM_TRY(fitted_place, estimator.place.need("X_fit_"));
  HEADROOM_TRY(fitted, matrix_of(fitted_place, estimator));
  if (fitted.columns == 0 || fitted.rows == 0) return fitted_place.refuse("X_fit_ is empty");
  HEADROOM_TRY_VOID(check_width(estimator, fitted.columns, "X_fit_"));
  spec.support.n_features = fitted.columns;
  spec.support.count = fitted.rows;
  spec.support.vectors = std::move(fitted.values);
  HEADROOM_TRY(kernel, pairwise_kernel(estimator, fitted.columns));
  spec.support.kernel = kernel;
  HEADROOM_TRY(coef_place, estimator.place.need("dual_coef_"));
  HEADROOM_TRY(coef, rows_of(coef_place, estimator));
  const bool is_vector = coef.rows == 1 && coef.columns == fitted.rows;
  if (!is_vector && coef.rows != fitted.rows) return coef_place.refuse("dual_coef_ does not have one row for each row of X_fit_");
  const std::size_t outputs = is_vector ? 1 : coef.columns;
  if (outputs == 0) return coef_place.refuse("dual_coef_ is empty");
  spec.intercept.assign(outputs, 0.0);
  spec.coef.resize(coef.values.size());
  for (std::size_t s = 0; s < fitted.rows; ++s) {
    for (std::size_t o = 0; o < outputs; ++o) spec.coef[o * fitted.rows + s] = coef.values[s * outputs + o];
  }
  return finish(estimator, std::make_shared<model::KernelMachine>(std::move(spec)));
}
}  // namespace headroom::importers
