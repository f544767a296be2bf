#include <cstdio>

#include "base/units.h"
#include "formats/error.h"
#include "inspect/json_text.h"
#include "inspect/report.h"

namespace headroom::inspect {
using model::Method;
using model::ModelInfo;

namespace {
const char* name_of(Method method) {
  switch (method) {
    case Method::predict: return "predict";
    case Method::predict_proba: return "predict_proba";
    case Method::decision_function: return "decision_function";
    case Method::transform: return "transform";
  }
  return "";
}

const char* name_of(model::Task task) {
  switch (task) {
    case model::Task::classification: return "classification";
    case model::Task::regression: return "regression";
    case model::Task::outlier: return "outlier";
    case model::Task::transform: return "transform";
  }
  return "";
}

std::string line(const char* key, const std::string& value) {
  std::string text = std::string("  ") + key;
  text.resize(14, ' ');
  return text + value + "\n";
}

/// The first names of a long list.
template <class Names, class Text>
std::string listed(const Names& names, Text text) {
  std::string out = std::to_string(names.size()) + (names.empty() ? "" : ":");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == 20) return out + " …";
    out += " " + formats::printable(text(names[i]), 40);
  }
  return out;
}

void append_part(const model::Part& part, std::size_t depth, std::string& out) {
  out += std::string(2 + 2 * depth, ' ') + (part.name.empty() ? "" : part.name + ": ") + part.estimator;
  std::string parameters;
  for (const auto& [name, value] : part.parameters) {
    if (value != "None") parameters += (parameters.empty() ? "" : ", ") + name + "=" + value;
  }
  out += (parameters.empty() ? "" : "(" + parameters + ")") + "\n";
  for (const auto& inner : part.parts) append_part(inner, depth + 1, out);
}

std::string model_lines(const ModelInfo& info, const std::string& unservable) {
  std::string out = line("library", info.library + " " + (info.library_version.empty() ? "(version not stored)" : info.library_version));
  out += line("estimator", info.estimator + " (" + name_of(info.task) + ")");
  out += line("features", info.features.empty() ? std::to_string(info.n_features) + ", without names" : listed(info.features, [](const auto& name) { return name; }));
  if (!info.classes.empty()) out += line("classes", listed(info.classes, [](const auto& label) { return model::to_text(label); }));
  std::string methods;
  for (const auto method : info.methods) methods += (methods.empty() ? "" : " ") + std::string(name_of(method));
  out += line("answers", methods);
  out += line("memory", to_text(Bytes{info.bytes}) + " compiled" + (info.kernel.empty() ? "" : "; " + info.kernel));
  if (!unservable.empty()) return out + line("servable", "no: " + unservable);
  return out + line("servable", "yes, with the answers of " + info.library + " " + info.library_version);
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.0f", value);
  return text;
}

std::string part_json(const model::Part& part) {
  JsonObject parameters;
  for (const auto& [name, value] : part.parameters) parameters.add(name, json_string(value));
  std::vector<std::string> parts;
  for (const auto& inner : part.parts) parts.push_back(part_json(inner));
  return JsonObject().add("name", json_string(part.name)).add("estimator", json_string(part.estimator)).add("parameters", parameters.text()).add("parts", json_array(parts)).text();
}

std::string label_json(const model::Label& label) {
  if (const auto* text = std::get_if<std::string>(&label)) return json_string(formats::printable(*text, 200));
  if (const auto* number = std::get_if<double>(&label)) return json_number(*number);
  return model::to_text(label);
}

void add_model(const ModelInfo& info, JsonObject& json) {
  std::vector<std::string> features, classes, methods;
  for (const auto& name : info.features) features.push_back(json_string(formats::printable(name, 200)));
  for (const auto& label : info.classes) classes.push_back(label_json(label));
  for (const auto method : info.methods) methods.push_back(json_string(name_of(method)));
  json.add("library", json_string(info.library)).add("version", json_string(info.library_version)).add("estimator", json_string(info.estimator));
  json.add("task", json_string(name_of(info.task))).add("n_features", std::to_string(info.n_features)).add("features", json_array(features));
  json.add("classes", json_array(classes)).add("methods", json_array(methods)).add("compiled_bytes", std::to_string(info.bytes));
  json.add("tree", part_json(info.tree));
}
}  // namespace

std::string as_text(const Report& report) {
  std::string out = formats::printable(report.file, 200) + "\n";
  std::string format = report.format;
  if (report.facts.stream_bytes > 0) format += ", protocol " + std::to_string(report.facts.protocol);
  format += ", " + to_text(Bytes{report.file_bytes});
  if (report.container != "none") format += " (" + report.container + (report.facts.stream_bytes > 0 ? " of " + to_text(Bytes{report.facts.stream_bytes}) : "") + ")";
  out += line("format", format);
  if (report.model != nullptr) {
    out += model_lines(report.model->info(), report.unservable) + line("load", json_number(std::round(report.load_ms * 100) / 100) + " ms");
  } else {
    if (!report.facts.root.empty()) out += line("holds", report.facts.root);
    out += line("servable", "no: " + report.error->what);
    if (!report.error->path.empty()) out += line("at", report.error->path);
  }
  for (const auto& found : report.facts.suspicious) out += line("suspicious", found.global + " at byte " + std::to_string(found.offset));
  if (report.facts.trailing > 0) out += line("note", std::to_string(report.facts.trailing) + " bytes behind the pickle are ignored, as Python does");
  if (report.bench) {
    out += line("one row", rounded(report.bench->one_row_p50_ns) + " ns (p50), " + rounded(report.bench->one_row_p99_ns) + " ns (p99)");
    out += line("batch", rounded(report.bench->batch_row_p50_ns) + " ns a row, in batches of 1000");
  }
  if (report.model != nullptr) {
    out += "\n";
    append_part(report.model->info().tree, 0, out);
  }
  return out;
}

std::string as_json(const Report& report) {
  JsonObject json;
  json.add("format", json_string(report.format)).add("compression", json_string(report.container)).add("protocol", std::to_string(report.facts.protocol));
  json.add("file_bytes", std::to_string(report.file_bytes)).add("stream_bytes", report.facts.stream_bytes > 0 ? std::to_string(report.facts.stream_bytes) : "null");
  if (report.model != nullptr) {
    add_model(report.model->info(), json);
    const bool servable = report.unservable.empty();
    json.add("servable", servable ? "true" : "false").add("reason", servable ? "null" : json_string(report.unservable)).add("path", "null");
    json.add("load_ms", json_number(report.load_ms));
  } else {
    for (const char* key : {"library", "version", "estimator", "task"}) json.add(key, "null");
    json.add("features", "[]").add("classes", "[]").add("servable", "false").add("reason", json_string(report.error->what));
    json.add("path", report.error->path.empty() ? "null" : json_string(report.error->path));
    json.add("offset", report.error->offset ? std::to_string(*report.error->offset) : "null");
  }
  std::vector<std::string> suspicious;
  for (const auto& found : report.facts.suspicious) suspicious.push_back(JsonObject().add("global", json_string(found.global)).add("offset", std::to_string(found.offset)).text());
  json.add("suspicious", json_array(suspicious));
  if (report.bench) {
    JsonObject bench;
    bench.add("one_row_ns", JsonObject().add("p50", json_number(report.bench->one_row_p50_ns)).add("p99", json_number(report.bench->one_row_p99_ns)).text());
    bench.add("batch_row_ns", JsonObject().add("p50", json_number(report.bench->batch_row_p50_ns)).text()).add("kernel", json_string(report.model->info().kernel));
    json.add("bench", bench.text());
  }
  return json.text() + "\n";
}
}  // namespace headroom::inspect
