// SVMClassifier and SVMRegressor.
#include <numeric>

#include "importers/onnx_ops.h"
#include "model/tensor_linear.h"

namespace headroom::importers {
namespace {
Read<bool> read_kernel(const OnnxNodeReader& node, model::OnnxSvm& spec) {
  HEADROOM_TRY(name, node.text("kernel_type", "LINEAR"));
  using enum model::SvmKernel;
  if (name == "LINEAR") spec.kernel = linear;
  else if (name == "POLY") spec.kernel = poly;
  else if (name == "RBF") spec.kernel = rbf;
  else if (name == "SIGMOID") spec.kernel = sigmoid;
  else return node.refuse("the kernel " + formats::printable(name) + " is not known", "kernel_type");
  HEADROOM_TRY(parameters, node.reals("kernel_params"));
  if (!parameters.empty()) {
    if (parameters.size() != 3) return node.refuse(std::to_string(parameters.size()) + " numbers, but 3 are needed", "kernel_params");
    spec.gamma = parameters[0];
    spec.coef0 = parameters[1];
    spec.degree = parameters[2];
  }
  return true;
}

/// What the two have in common; n_vectors is set.
Read<bool> read_common(const OnnxNodeReader& node, model::OnnxSvm& spec) {
  HEADROOM_TRY_VOID(read_kernel(node, spec));
  HEADROOM_TRY(vectors, node.reals("support_vectors"));
  HEADROOM_TRY(coefficients, node.reals("coefficients"));
  HEADROOM_TRY(rho, node.reals("rho"));
  HEADROOM_TRY(transform, node.post_transform());
  const auto& shape = node.input(0).shape;
  spec.n_features = shape.empty() ? 0 : static_cast<std::size_t>(shape.back());
  if (spec.n_features == 0) return node.refuse("has no features");
  if (spec.n_vectors > 0 && vectors.size() != spec.n_vectors * spec.n_features) return node.refuse(std::to_string(vectors.size()) + " numbers for " + std::to_string(spec.n_vectors) + " vectors of " + std::to_string(spec.n_features) + " features", "support_vectors");
  if (rho.empty()) return node.refuse("there is no rho", "rho");
  if (spec.n_vectors == 0) spec.kernel = model::SvmKernel::linear;
  spec.vectors = std::move(vectors);
  spec.coefficients = std::move(coefficients);
  spec.rho = std::move(rho);
  spec.transform = transform;
  return true;
}

Read<bool> need(const OnnxNodeReader& node, std::size_t have, std::size_t wanted, std::string_view attribute) {
  if (have != wanted) return node.refuse(std::to_string(have) + " numbers, but " + std::to_string(wanted) + " are needed", attribute);
  return true;
}
}  // namespace

Read<model::Kernel> import_svm_classifier(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"classlabels_ints", "classlabels_strings", "coefficients", "kernel_params", "kernel_type", "post_transform", "prob_a", "prob_b", "rho", "support_vectors", "vectors_per_class"}));
  model::OnnxSvm spec;
  HEADROOM_TRY(labels, node.labels("classlabels_strings", "classlabels_ints"));
  HEADROOM_TRY(per_class, node.wholes("vectors_per_class"));
  const std::size_t classes = labels.size();
  if (classes < 2 || classes > 0xffff) return node.refuse(std::to_string(classes) + " classes", "classlabels_ints");
  for (const auto count : per_class) {
    if (count < 0 || count > 0x7fffffff) return node.refuse(std::to_string(count) + " vectors of a class", "vectors_per_class");
    spec.n_vectors += static_cast<std::size_t>(count);
  }
  spec.labels = std::move(labels);
  HEADROOM_TRY_VOID(read_common(node, spec));
  HEADROOM_TRY(a, node.reals("prob_a"));
  HEADROOM_TRY(b, node.reals("prob_b"));
  if (spec.n_vectors > 0) {
    const std::size_t pairs = classes * (classes - 1) / 2;
    HEADROOM_TRY_VOID(need(node, per_class.size(), classes, "vectors_per_class"));
    HEADROOM_TRY_VOID(need(node, spec.coefficients.size(), (classes - 1) * spec.n_vectors, "coefficients"));
    HEADROOM_TRY_VOID(need(node, spec.rho.size(), pairs, "rho"));
    if (!a.empty() || !b.empty()) {
      HEADROOM_TRY_VOID(need(node, a.size(), pairs, "prob_a"));
      HEADROOM_TRY_VOID(need(node, b.size(), pairs, "prob_b"));
    }
  } else {
    HEADROOM_TRY_VOID(need(node, spec.coefficients.size(), classes * spec.n_features, "coefficients"));
    if (!a.empty() || !b.empty()) return node.refuse("probabilities without support vectors are not served", "prob_a");
  }
  spec.vectors_per_class = std::move(per_class);
  spec.prob_a = std::move(a);
  spec.prob_b = std::move(b);
  return model::svm_classifier_kernel(std::move(spec));
}

Read<model::Kernel> import_svm_regressor(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"coefficients", "kernel_params", "kernel_type", "n_supports", "one_class", "post_transform", "rho", "support_vectors"}));
  model::OnnxSvm spec;
  HEADROOM_TRY(vectors, node.whole("n_supports", 0));
  if (vectors < 0 || vectors > 0x7fffffff) return node.refuse(std::to_string(vectors) + " vectors", "n_supports");
  spec.n_vectors = static_cast<std::size_t>(vectors);
  HEADROOM_TRY(one_class, node.whole("one_class", 0));
  spec.one_class = one_class != 0;
  HEADROOM_TRY_VOID(read_common(node, spec));
  HEADROOM_TRY_VOID(need(node, spec.coefficients.size(), spec.n_vectors > 0 ? spec.n_vectors : spec.n_features, "coefficients"));
  return model::svm_regressor_kernel(std::move(spec));
}
}  // namespace headroom::importers
