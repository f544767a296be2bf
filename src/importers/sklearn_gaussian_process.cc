// GaussianProcessRegressor and GaussianProcessClassifier.
#include "model/gaussian_process.h"

#include <cmath>

#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/estimator.h"
#include "importers/matrix.h"

namespace headroom::importers {
using formats::Kind;
using model::Covariance;
using Nodes = std::vector<Covariance::Node>;

namespace {
constexpr std::size_t kMaxNodes = 64;

struct KernelRow {
  std::string_view name;
  Covariance::Kind kind;
  std::string_view number;   // the attribute that goes to Node::a, or empty
  bool has_scale;
  bool anisotropic;          // length_scale may be one a feature
};
constexpr KernelRow kKernels[] = {
    {"ConstantKernel", Covariance::Kind::constant, "constant_value", false, false},
    {"WhiteKernel", Covariance::Kind::white, "noise_level", false, false},
    {"RBF", Covariance::Kind::rbf, "", true, true},
    {"Matern", Covariance::Kind::matern, "nu", true, true},
    {"RationalQuadratic", Covariance::Kind::rational_quadratic, "alpha", true, false},
    {"ExpSineSquared", Covariance::Kind::periodic, "periodicity", true, false},
    {"DotProduct", Covariance::Kind::dot, "sigma_0", false, false},
};

/// A value that is pending while both sides of a sum or product are computed costs a place on the stack, so `depth` bounds it.
Read<bool> add_kernel(const Place& place, std::size_t n_features, std::size_t depth, Nodes& nodes);

Read<bool> add_part(const Place& place, std::string_view name, std::size_t n_features, std::size_t depth, Nodes& nodes) {
  HEADROOM_TRY(part, place.need(name));
  return add_kernel(part, n_features, depth + 1, nodes);
}

Read<bool> add_leaf(const Place& place, const KernelRow& row, std::size_t n_features, Nodes& nodes) {
  Covariance::Node node{row.kind, 0, {}};
  if (!row.number.empty()) {
    HEADROOM_TRY(number_place, place.need(row.number));
    HEADROOM_TRY(number, number_of(number_place));
    node.a = number;
    const bool has_formula = number == 0.5 || number == 1.5 || number == 2.5 || std::isinf(number);
    if (row.kind == Covariance::Kind::matern && !has_formula) return number_place.refuse("Matern with this nu needs Bessel functions, which are not served");
  }
  if (row.has_scale) {
    HEADROOM_TRY(scale_place, place.need("length_scale"));
    const auto* array = scale_place.value().array();
    const bool is_list = scale_place.value().is(Kind::list) || scale_place.value().is(Kind::tuple);   // as given, never optimised
    const bool is_vector = row.anisotropic && (is_list || (array != nullptr && array->count() > 1));
    HEADROOM_TRY(scale, is_list ? number_list(scale_place) : spread(scale_place, is_vector ? n_features : 1));
    if (is_list && scale.size() != 1 && (!is_vector || scale.size() != n_features)) return scale_place.refuse("it has " + std::to_string(scale.size()) + " scales for " + std::to_string(n_features) + " features");
    node.length_scale = std::move(scale);
  }
  nodes.push_back(std::move(node));
  return true;
}

Read<bool> add_kernel(const Place& place, std::size_t n_features, std::size_t depth, Nodes& nodes) {
  if (depth + 2 > Covariance::kMaxStack || nodes.size() >= kMaxNodes) return place.refuse("the kernel is too large an expression");
  const auto& value = place.value();
  const std::string_view type = value.is(Kind::object) ? value.callee().text() : std::string_view();
  constexpr std::string_view kModule = "sklearn.gaussian_process.kernels.";
  if (!type.starts_with(kModule)) return place.mismatch("a kernel of sklearn.gaussian_process");
  const auto name = type.substr(kModule.size());
  for (const auto& row : kKernels) {
    if (row.name == name) return add_leaf(place, row, n_features, nodes);
  }
  if (name == "Sum" || name == "Product") {
    HEADROOM_TRY_VOID(add_part(place, "k1", n_features, depth, nodes));
    HEADROOM_TRY_VOID(add_part(place, "k2", n_features, depth, nodes));
    nodes.push_back({name == "Sum" ? Covariance::Kind::sum : Covariance::Kind::product, 0, {}});
    return true;
  }
  if (name != "Exponentiation") return place.refuse("the kernel " + formats::printable(name, 40) + " is not served");
  HEADROOM_TRY_VOID(add_part(place, "kernel", n_features, depth, nodes));
  HEADROOM_TRY(exponent_place, place.need("exponent"));
  HEADROOM_TRY(exponent, number_of(exponent_place));
  nodes.push_back({Covariance::Kind::power, exponent, {}});
  return true;
}

Read<Covariance> covariance_of(const Estimator& estimator, std::size_t n_features) {
  HEADROOM_TRY(place, estimator.place.need("kernel_"));
  Nodes nodes;
  HEADROOM_TRY_VOID(add_kernel(place, n_features, 0, nodes));
  return Covariance(std::move(nodes));
}

Read<Matrix> training_rows(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("X_train_"));
  HEADROOM_TRY(rows, matrix_of(place, estimator));
  if (rows.rows == 0 || rows.columns == 0) return place.refuse("X_train_ is empty");
  return std::move(rows);
}

/// _y_train_mean, _y_train_std: how the targets were normalised; the latter since 0.23.
Read<std::vector<double>> target_statistic(const Estimator& estimator, std::string_view name, std::size_t outputs, double absent) {
  const auto place = estimator.place.find(name);
  if (!place) return std::vector<double>(outputs, absent);
  if (const auto* array = place->value().array(); array != nullptr && array->count() == 1) {   // one for all of them until 0.23
    HEADROOM_TRY(numbers, place->numbers());
    return std::vector<double>(outputs, numbers[0]);
  }
  return spread(*place, outputs);
}

Read<std::vector<double>> vector_of(const Estimator& estimator, std::string_view name, std::size_t size) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.numbers({size});
}

Read<model::GaussianProcessClassifier::Latent> latent_of(const Estimator& estimator, std::size_t& n_features) {
  model::GaussianProcessClassifier::Latent latent;
  HEADROOM_TRY(rows, training_rows(estimator));
  if (n_features != 0 && rows.columns != n_features) return estimator.place.refuse("X_train_ differs in width between the classes");
  n_features = rows.columns;
  const std::size_t count = rows.rows;
  latent.rows = std::move(rows.values);
  HEADROOM_TRY(covariance, covariance_of(estimator, n_features));
  latent.covariance = std::move(covariance);
  HEADROOM_TRY(targets, vector_of(estimator, "y_train_", count));
  HEADROOM_TRY(pi, vector_of(estimator, "pi_", count));
  for (std::size_t i = 0; i < count; ++i) latent.gradient.push_back(targets[i] - pi[i]);
  HEADROOM_TRY(root, vector_of(estimator, "W_sr_", count));
  latent.root = std::move(root);
  HEADROOM_TRY(lower_place, estimator.place.need("L_"));
  HEADROOM_TRY(lower, matrix_of(lower_place, estimator, count, count));
  latent.lower = std::move(lower);
  return latent;
}
/// Classes against each other by pairs: predict alone.
Imported import_pairs(const Estimator& estimator, const Estimator& pairs, model::ModelInfo classes) {
  HEADROOM_TRY(model, import_estimator(pairs));
  if (model->info().classes != classes.classes) return pairs.place.refuse("its classes_ are not those of the whole");
  model->edit_info().methods = {model::Method::predict};
  return finish(estimator, std::move(model), std::move(classes));
}
}  // namespace

/// The question of two classes that a Gaussian process of several asks for each pair.
Imported import_gp_binary(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  std::size_t n_features = 0;
  HEADROOM_TRY(latent, latent_of(estimator, n_features));
  std::vector<model::GaussianProcessClassifier::Latent> latents;
  latents.push_back(std::move(latent));
  return finish(estimator, std::make_shared<model::GaussianProcessClassifier>(n_features, std::move(latents)), std::move(classes));
}

Imported import_gp_regressor(const Estimator& estimator) {
  model::GaussianProcessRegressor::Spec spec;
  HEADROOM_TRY(rows, training_rows(estimator));
  HEADROOM_TRY_VOID(check_width(estimator, rows.columns, "X_train_"));
  spec.n_features = rows.columns;
  spec.rows = std::move(rows.values);
  HEADROOM_TRY(covariance, covariance_of(estimator, rows.columns));
  spec.covariance = std::move(covariance);
  HEADROOM_TRY(alpha_place, estimator.place.need("alpha_"));
  HEADROOM_TRY(array, alpha_place.array());
  if (array->shape.empty() || array->shape.size() > 2 || array->shape[0] != rows.rows || array->count() == 0) return alpha_place.mismatch("an array with a number for each training row");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(double)));
  HEADROOM_TRY(alpha, alpha_place.numbers());
  const std::size_t outputs = array->shape.size() == 2 ? array->shape[1] : 1;
  for (std::size_t k = 0; k < outputs; ++k) {
    for (std::size_t t = 0; t < rows.rows; ++t) spec.alpha.push_back(alpha[t * outputs + k]);
  }
  HEADROOM_TRY(mean, target_statistic(estimator, "_y_train_mean", outputs, 0.0));
  spec.mean = std::move(mean);
  HEADROOM_TRY(deviation, target_statistic(estimator, "_y_train_std", outputs, 1.0));
  spec.deviation = std::move(deviation);
  return finish(estimator, std::make_shared<model::GaussianProcessRegressor>(std::move(spec)));
}

Imported import_gp_classifier(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  const std::size_t n_classes = classes.classes.size();
  if (n_classes < 2) return estimator.place.find("classes_")->refuse("a Gaussian process of one class");
  HEADROOM_TRY(base_place, estimator.place.need("base_estimator_"));
  HEADROOM_TRY(base, as_estimator(base_place, estimator));
  std::size_t n_features = 0;
  std::vector<model::GaussianProcessClassifier::Latent> latents;
  if (n_classes == 2) {
    HEADROOM_TRY(latent, latent_of(base, n_features));
    latents.push_back(std::move(latent));
  } else {
    if (base.name == "OneVsOneClassifier") return import_pairs(estimator, base, std::move(classes));
    if (base.name != "OneVsRestClassifier") return base_place.refuse("a Gaussian process of several classes that are neither told from the rest nor by pairs");
    HEADROOM_TRY(list, base_place.need("estimators_"));
    HEADROOM_TRY(size, list.size());
    if (size != n_classes) return list.refuse(std::to_string(size) + " estimators for " + std::to_string(n_classes) + " classes");
    for (std::size_t k = 0; k < n_classes; ++k) {
      HEADROOM_TRY(inner, as_estimator(list.item(k), base));
      HEADROOM_TRY(latent, latent_of(inner, n_features));
      latents.push_back(std::move(latent));
    }
  }
  HEADROOM_TRY_VOID(check_width(estimator, n_features, "X_train_"));
  return finish(estimator, std::make_shared<model::GaussianProcessClassifier>(n_features, std::move(latents), base.version < Version{1, 8}), std::move(classes));
}
}  // namespace headroom::importers
