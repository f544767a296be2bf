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

// The middle of each feature's range, to two digits, where the model knows it.
std::vector<double> middle_row(const model::ModelInfo& info) {
  std::vector<double> row(info.n_features, 1.0);
  for (std::size_t i = 0; i < std::min(row.size(), info.feature_ranges.size()); ++i) {
    const double middle = (info.feature_ranges[i].low + info.feature_ranges[i].high) / 2;
    if (std::isfinite(middle)) row[i] = std::abs(middle) < 1e6 ? std::round(middle * 100) / 100 : middle;
  }
  return row;
}

// Rows that most models take; the first that this one accepts is its example.
std::vector<double> example_row(const model::Model& model) {
  const std::size_t width = model.info().n_features;
  for (auto row : {middle_row(model.info()), std::vector<double>(width, 1.0), std::vector<double>(width, 0.0), std::vector<double>(width, 0.5)}) {
    if (model.validate(MatrixView<const double>(row.data(), 1, width))) return row;
  }
  return {};
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
  if (info.task != Task::classification || info.classes.empty()) served.kind = AnswerKind::number;
  else if (answers(info, Method::predict_proba)) served.kind = AnswerKind::probabilities;
  else if (answers(info, Method::decision_function)) served.kind = AnswerKind::scores;
  served.example = example_row(*model);
  if (served.example.empty()) return unexpected(NotServable{info.estimator + " accepts none of the rows it was tried with"});
  served.model = std::move(model);
  return served;
}
}  // namespace headroom::serve
