// Nodes of ONNX-ML, but for trees.
#include "importers/onnx_ops.h"
#include "model/onnx_encode.h"
#include "model/tensor_linear.h"
#include "model/tensor_math.h"
#include "model/tensor_reduce.h"
#include "model/tensor_shape.h"

namespace headroom::importers {
Read<model::Kernel> import_scaler(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"offset", "scale"}));
  HEADROOM_TRY(offset, node.reals("offset"));
  HEADROOM_TRY(scale, node.reals("scale"));
  if (offset.empty() || offset.size() != scale.size()) return node.refuse("there are " + std::to_string(offset.size()) + " offsets and " + std::to_string(scale.size()) + " scales", "scale");
  return model::scaler_kernel(std::move(offset), std::move(scale));
}

Read<model::Kernel> import_normalizer(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"norm"}));
  HEADROOM_TRY(name, node.text("norm", "MAX"));
  if (name != "MAX" && name != "L1" && name != "L2") return node.refuse("the norm " + formats::printable(name) + " is not known", "norm");
  return model::normalizer_kernel(name == "MAX" ? model::Norm::max : name == "L1" ? model::Norm::l1 : model::Norm::l2);
}

Read<model::Kernel> import_imputer(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"imputed_value_floats", "imputed_value_int64s", "replaced_value_float", "replaced_value_int64"}));
  model::OnnxImputer spec;
  HEADROOM_TRY(f32, node.reals("imputed_value_floats"));
  HEADROOM_TRY(i64, node.wholes("imputed_value_int64s"));
  if (f32.empty() == i64.empty()) return node.refuse("needs one of imputed_value_floats and imputed_value_int64s", "imputed_value_floats");
  if (node.find(i64.empty() ? "replaced_value_float" : "replaced_value_int64") == nullptr) return node.refuse("does not say which value is replaced", "replaced_value_float");
  HEADROOM_TRY(replaced_f32, node.real("replaced_value_float", 0));
  HEADROOM_TRY(replaced_i64, node.whole("replaced_value_int64", 0));
  const std::size_t count = std::max(f32.size(), i64.size());
  const auto& shape = node.input(0).shape;
  if (count != 1 && (shape.empty() || static_cast<std::size_t>(shape.back()) != count)) return node.refuse(std::to_string(count) + " imputed values do not fit the input", "imputed_value_floats");
  return model::imputer_kernel({std::move(f32), replaced_f32, std::move(i64), replaced_i64});
}

Read<model::Kernel> import_one_hot(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"cats_int64s", "cats_strings", "zeros"}));
  HEADROOM_TRY(categories, node.labels("cats_strings", "cats_int64s"));
  HEADROOM_TRY(zeros, node.whole("zeros", 1));
  return model::one_hot_kernel({std::move(categories.whole), std::move(categories.texts), zeros != 0});
}

namespace {
model::Tensor tensor_of(std::vector<std::string> values) {
  model::Tensor out;
  out.element = model::Element::text;
  out.shape = {static_cast<std::int64_t>(values.size())};
  out.made = std::move(values);
  out.text.assign(out.made.begin(), out.made.end());
  return out;
}
model::Tensor tensor_of(std::vector<std::int64_t> values) {
  model::Tensor out;
  out.element = model::Element::i64;
  out.shape = {static_cast<std::int64_t>(values.size())};
  out.i64 = std::move(values);
  return out;
}
model::Tensor tensor_of(std::vector<float> values) {
  model::Tensor out;
  out.shape = {static_cast<std::int64_t>(values.size())};
  out.f32 = std::move(values);
  return out;
}

/// PREFIX_strings, PREFIX_int64s, PREFIX_floats or PREFIX_tensor.
Read<model::Tensor> list_of(const OnnxNodeReader& node, const std::string& prefix) {
  HEADROOM_TRY(texts, node.texts(prefix + "_strings"));
  if (!texts.empty()) return tensor_of(std::move(texts));
  HEADROOM_TRY(wholes, node.wholes(prefix + "_int64s"));
  if (!wholes.empty()) return tensor_of(std::move(wholes));
  HEADROOM_TRY(reals, node.reals(prefix + "_floats"));
  if (!reals.empty()) return tensor_of(std::move(reals));
  HEADROOM_TRY(tensor, node.tensor(prefix + "_tensor"));
  if (tensor == nullptr) return node.refuse("the list is missing", prefix + "_tensor");
  return constant_of(*tensor, node.place(prefix + "_tensor"));
}

/// The default for keys that are unknown, of the type of the values.
Read<model::Tensor> default_of(const OnnxNodeReader& node, model::Element element) {
  HEADROOM_TRY(tensor, node.tensor("default_tensor"));
  if (tensor != nullptr) {
    HEADROOM_TRY(value, constant_of(*tensor, node.place("default_tensor")));
    if (value.element != element || value.count() != 1) return node.refuse("must be one value of the type of the values", "default_tensor");
    return std::move(value);
  }
  HEADROOM_TRY(text, node.text("default_string", "_Unused"));
  HEADROOM_TRY(whole, node.whole("default_int64", -1));
  HEADROOM_TRY(real, node.real("default_float", -0.0F));
  switch (element) {
    case model::Element::text: return tensor_of(std::vector<std::string>{std::string(text)});
    case model::Element::i64: return tensor_of(std::vector<std::int64_t>{whole});
    case model::Element::f32: return tensor_of(std::vector<float>{real});
    default: break;
  }
  model::Tensor out;
  out.element = element;
  out.shape = {1};
  if (element == model::Element::f64) out.f64 = {-0.0};
  else return node.refuse("values of this type need a default_tensor", "default_tensor");
  return out;
}

/// LabelEncoder of ONNX-ML 1: classes_strings and a default for each direction.
Read<model::Kernel> import_first_label_encoder(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"classes_strings", "default_int64", "default_string"}));
  HEADROOM_TRY(names, node.texts("classes_strings"));
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) places.push_back(static_cast<std::int64_t>(i));
  const bool from_text = node.input(0).element == model::Element::text;
  HEADROOM_TRY(otherwise, default_of(node, from_text ? model::Element::i64 : model::Element::text));
  model::OnnxMapping spec;
  spec.keys = from_text ? tensor_of(names) : tensor_of(places);
  spec.values = from_text ? tensor_of(places) : tensor_of(names);
  spec.otherwise = std::move(otherwise);
  return model::mapping_kernel(std::move(spec));
}
}  // namespace

Read<model::Kernel> import_label_encoder(const OnnxNodeReader& node) {
  if (node.opset() < 2) return import_first_label_encoder(node);
  HEADROOM_TRY_VOID(node.only({"keys_strings", "keys_int64s", "keys_floats", "keys_tensor", "values_strings", "values_int64s", "values_floats", "values_tensor", "default_string", "default_int64", "default_float", "default_tensor"}));
  model::OnnxMapping spec;
  HEADROOM_TRY(keys, list_of(node, "keys"));
  HEADROOM_TRY(values, list_of(node, "values"));
  if (keys.count() != values.count()) return node.refuse(std::to_string(keys.count()) + " keys, but " + std::to_string(values.count()) + " values", "values");
  if (keys.element == model::Element::i32 || keys.element == model::Element::flag) return node.refuse("keys of this type are not served", "keys_tensor");
  HEADROOM_TRY(otherwise, default_of(node, values.element));
  spec.keys = std::move(keys);
  spec.values = std::move(values);
  spec.otherwise = std::move(otherwise);
  return model::mapping_kernel(std::move(spec));
}

Read<model::Kernel> import_category_mapper(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"cats_int64s", "cats_strings", "default_int64", "default_string"}));
  HEADROOM_TRY(texts, node.texts("cats_strings"));
  HEADROOM_TRY(wholes, node.wholes("cats_int64s"));
  if (texts.empty() || texts.size() != wholes.size()) return node.refuse(std::to_string(texts.size()) + " texts, but " + std::to_string(wholes.size()) + " numbers", "cats_strings");
  const bool from_text = node.input(0).element == model::Element::text;
  HEADROOM_TRY(otherwise, default_of(node, from_text ? model::Element::i64 : model::Element::text));
  model::OnnxMapping spec;
  spec.keys = from_text ? tensor_of(texts) : tensor_of(wholes);
  spec.values = from_text ? tensor_of(wholes) : tensor_of(texts);
  spec.otherwise = std::move(otherwise);
  return model::mapping_kernel(std::move(spec));
}

Read<model::Kernel> import_binarizer(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"threshold"}));
  HEADROOM_TRY(threshold, node.real("threshold", 0));
  return model::unary_kernel(model::UnaryOp::threshold, static_cast<double>(threshold));
}

Read<model::Kernel> import_feature_vectorizer(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"inputdimensions"}));
  HEADROOM_TRY(widths, node.wholes("inputdimensions"));
  return model::feature_vectorizer_kernel(std::move(widths));
}

/// A map a row from class to probability: what is computed is the matrix; the names of its columns are the classes.
Read<model::Kernel> import_zip_map(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"classlabels_int64s", "classlabels_strings"}));
  HEADROOM_TRY(labels, node.labels("classlabels_strings", "classlabels_int64s"));
  const auto& shape = node.input(0).shape;
  if (shape.empty() || static_cast<std::size_t>(shape.back()) != labels.size()) return node.refuse(std::to_string(labels.size()) + " class labels do not fit the input", "classlabels_int64s");
  return model::identity_kernel();
}

Read<model::Kernel> import_linear(const OnnxNodeReader& node) {
  const bool is_classifier = node.op() == "LinearClassifier";
  model::OnnxLinear spec;
  HEADROOM_TRY(coefficients, node.reals("coefficients"));
  HEADROOM_TRY(intercepts, node.reals("intercepts"));
  HEADROOM_TRY(transform, node.post_transform());
  if (is_classifier) {
    HEADROOM_TRY_VOID(node.only({"classlabels_ints", "classlabels_strings", "coefficients", "intercepts", "multi_class", "post_transform"}));
    HEADROOM_TRY(labels, node.labels("classlabels_strings", "classlabels_ints"));
    spec.labels = std::move(labels);
    if (intercepts.size() == 1 && spec.labels.size() != 2) return node.refuse("one intercept, but " + std::to_string(spec.labels.size()) + " classes", "intercepts");
    if (intercepts.size() > spec.labels.size()) return node.refuse(std::to_string(intercepts.size()) + " intercepts, but " + std::to_string(spec.labels.size()) + " classes", "intercepts");
  } else {
    HEADROOM_TRY_VOID(node.only({"coefficients", "intercepts", "post_transform", "targets"}));
    HEADROOM_TRY(targets, node.whole("targets", 1));
    if (targets < 1 || targets > 0xffff) return node.refuse(std::to_string(targets) + " targets", "targets");
    if (intercepts.empty()) intercepts.resize(static_cast<std::size_t>(targets));
    if (static_cast<std::int64_t>(intercepts.size()) != targets) return node.refuse(std::to_string(intercepts.size()) + " intercepts, but " + std::to_string(targets) + " targets", "intercepts");
  }
  const auto& shape = node.input(0).shape;
  const std::size_t width = shape.empty() ? 0 : static_cast<std::size_t>(shape.back());
  if (intercepts.empty() || coefficients.size() != intercepts.size() * width) return node.refuse(std::to_string(coefficients.size()) + " coefficients for " + std::to_string(width) + " features and " + std::to_string(intercepts.size()) + " intercepts", "coefficients");
  spec.coefficients = std::move(coefficients);
  spec.intercepts = std::move(intercepts);
  spec.transform = transform;
  return is_classifier ? model::linear_classifier_kernel(std::move(spec)) : model::linear_regressor_kernel(std::move(spec));
}
}  // namespace headroom::importers
