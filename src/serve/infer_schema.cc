#include "serve/infer_schema.h"

#include <algorithm>
#include <variant>

namespace headroom::serve {
namespace {
using model::Label;
using model::Method;

bool is_numeric(const ServedModel& served) {
  const auto& kinds = served.info().feature_kinds;
  return std::ranges::all_of(kinds, [](model::FeatureKind kind) { return kind == model::FeatureKind::number; });
}

std::vector<TensorSpec> inputs_of(const ServedModel& served) {
  const std::size_t width = served.features.size();
  if (is_numeric(served)) return {{"predict", TensorType::f64, width}};
  std::vector<TensorSpec> inputs;
  for (std::size_t j = 0; j < width; ++j) {
    const auto kind = served.info().feature_kinds[j];
    inputs.push_back({served.features[j], kind == model::FeatureKind::number || kind == model::FeatureKind::any ? TensorType::f64 : TensorType::bytes, 1});
  }
  return inputs;
}

/// The type that holds all labels as they are.
TensorType type_of(const std::vector<Label>& labels) {
  const auto all = [&](auto&& is) { return !labels.empty() && std::ranges::all_of(labels, is); };
  if (all([](const Label& label) { return std::holds_alternative<bool>(label); })) return TensorType::boolean;
  if (all([](const Label& label) { return std::holds_alternative<std::int64_t>(label); })) return TensorType::i64;
  if (all([](const Label& label) { return std::holds_alternative<double>(label); })) return TensorType::f64;
  return TensorType::bytes;
}

LabelElements elements_of(const std::vector<Label>& labels, TensorType type) {
  LabelElements elements;
  for (const auto& label : labels) {
    elements.text.push_back(model::to_text(label));
    if (type == TensorType::boolean) elements.whole.push_back(std::get<bool>(label) ? 1 : 0);
    if (type == TensorType::i64) elements.whole.push_back(std::get<std::int64_t>(label));
    if (type == TensorType::f64) elements.real.push_back(std::get<double>(label));
  }
  return elements;
}

TensorType type_of(model::DType dtype) {
  switch (dtype) {
    case model::DType::f32: return TensorType::f32;
    case model::DType::i64: return TensorType::i64;
    default: return TensorType::f64;
  }
}

/// Labels of predict, and the type that its tensor has for them.
TensorType add_labels(const model::ModelInfo& info, InferSchema& schema) {
  if (info.output_classes.empty()) {
    const auto type = type_of(info.classes);
    schema.labels.push_back(elements_of(info.classes, type));
    return type;
  }
  TensorType type = type_of(info.output_classes[0].labels);
  for (const auto& output : info.output_classes) {
    if (type_of(output.labels) != type) type = TensorType::bytes;
  }
  for (const auto& output : info.output_classes) schema.labels.push_back(elements_of(output.labels, type));
  return type;
}
}  // namespace

InferSchema schema_of(const ServedModel& served) {
  InferSchema schema;
  schema.inputs = inputs_of(served);
  ExampleRow::Memory memory;
  const auto rows = served.example.rows(memory);
  const auto& info = served.info();
  constexpr std::pair<Method, const char*> kOutputs[] = {{Method::predict, "predict"}, {Method::predict_proba, "predict_proba"}, {Method::decision_function, "decision_function"}};
  for (const auto& [method, name] : kOutputs) {
    if (std::ranges::find(info.methods, method) == info.methods.end()) continue;
    model::Output output;
    model::Scratch scratch;
    served.model->predict(method, rows, output, scratch);
    InferOutput spec{{name, type_of(output.dtype), output.columns}, method};
    const bool is_labelled = method == Method::predict && (served.kind != AnswerKind::number || !info.output_classes.empty());
    if (is_labelled) spec.tensor.type = add_labels(info, schema);
    schema.outputs.push_back(std::move(spec));
  }
  // What /predict gives, too: the answer, and the probabilities or else the scores that it follows from.
  schema.given = std::min<std::size_t>(schema.outputs.size(), served.kind == AnswerKind::probabilities || served.kind == AnswerKind::scores ? 2 : 1);
  return schema;
}
}  // namespace headroom::serve
