#include "serve/served_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <variant>

#include "http/reply.h"
#include "serve/encode.h"

namespace headroom::serve {
namespace {
using model::Method;
using model::Task;

std::string json_text(std::string_view text) {
  http::ByteBuffer out;
  out.append('"');
  http::append_escaped(out, text);
  out.append('"');
  return std::string(out.view());
}

std::string label_json(const model::Label& label) {
  if (const auto* text = std::get_if<std::string>(&label)) return json_text(*text);
  if (const auto* flag = std::get_if<bool>(&label)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&label)) return std::to_string(*number);
  http::ByteBuffer out;
  append_double(out, std::get<double>(label));
  return std::string(out.view());
}

bool answers(const model::ModelInfo& info, Method method) {
  return std::find(info.methods.begin(), info.methods.end(), method) != info.methods.end();
}
}  // namespace

expected<ServedModel, NotServable> offer(model::ModelPtr model, std::string name) {
  const auto& info = model->info();
  if (!answers(info, Method::predict) || info.task == Task::transform) {
    return unexpected(NotServable{info.estimator + " transforms rows; it predicts nothing"});
  }
  if (info.n_features == 0) return unexpected(NotServable{info.estimator + " does not say how many features it takes"});
  ServedModel served;
  served.name = std::move(name);
  served.features = info.features;
  for (std::size_t i = served.features.size(); i < info.n_features; ++i) served.features.push_back("x" + std::to_string(i));
  for (const auto& label : info.classes) {
    served.label_json.push_back(label_json(label));
    served.label_key.push_back(json_text(model::to_text(label)) + ":");
  }
  for (const auto& output : info.output_classes) {
    auto& labels = served.output_label_json.emplace_back();
    for (const auto& label : output.labels) labels.push_back(label_json(label));
  }
  // An outlier detector's answers are labels too: -1 and 1.
  if (info.task == Task::regression || info.classes.empty()) served.kind = AnswerKind::number;
  else if (answers(info, Method::predict_proba) && info.proba_by_class) served.kind = AnswerKind::probabilities;
  else if (answers(info, Method::decision_function)) served.kind = AnswerKind::scores;
  served.example = ExampleRow::of(*model);
  if (served.example.empty()) return unexpected(NotServable{info.estimator + " accepts none of the rows it was tried with"});
  served.model = std::move(model);
  return served;
}
}  // namespace headroom::serve
