#include "serve/openapi.h"

#include <algorithm>
#include <string_view>

#include "generated/version.h"
#include "http/byte_buffer.h"
#include "http/paths.h"
#include "http/reply.h"
#include "serve/encode.h"

namespace headroom::serve {
namespace {
std::string json_text(std::string_view text) {
  http::ByteBuffer out;
  out.append('"');
  http::append_escaped(out, text);
  out.append('"');
  return std::string(out.view());
}

// part(0), part(1), … with commas between.
template <class Part>
std::string list(std::size_t count, Part part) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i ? "," : "") + part(i);
  return text;
}

std::string example_array(const ServedModel& served) {
  return "[" + list(served.example.size(), [&](std::size_t i) { return served.example.json(i); }) + "]";
}

std::string example_object(const ServedModel& served) {
  return "{" + list(served.features.size(), [&](std::size_t i) { return json_text(served.features[i]) + ":" + served.example.json(i); }) + "}";
}

// A missing text is null.
std::string type_of(const ServedModel& served, std::size_t feature) { return served.example.is_text(feature) ? R"(["string","null"])" : R"("number")"; }

std::string named_row(const ServedModel& served) {
  const auto width = served.features.size();
  return R"({"type":"object","additionalProperties":false,"required":[)" + list(width, [&](std::size_t i) { return json_text(served.features[i]); }) +
         R"(],"properties":{)" +
         list(width, [&](std::size_t i) { return json_text(served.features[i]) + R"(:{"type":)" + type_of(served, i) + R"(,"examples":[)" + served.example.json(i) + "]}"; }) + "}}";
}

std::string array_row(const ServedModel& served) {
  const std::string width = std::to_string(served.features.size());
  bool has_text = false;
  for (std::size_t i = 0; i < served.features.size(); ++i) has_text |= served.example.is_text(i);
  const std::string items = has_text ? R"({"type":["number","string","null"]})" : R"({"type":"number"})";
  return R"({"type":"array","items":)" + items + R"(,"minItems":)" + width + R"(,"maxItems":)" + width + R"(,"description":"In this order: )" +
         [&] {
           const std::string names = list(served.features.size(), [&](std::size_t i) { return " " + served.features[i]; });
           const std::string text = json_text(names.empty() ? names : names.substr(1));
           return text.substr(1, text.size() - 2);
         }() + R"("})";
}

std::string by_class(const ServedModel& served) {
  const auto count = served.label_key.size();
  const auto key = [&](std::size_t i) { return served.label_key[i].substr(0, served.label_key[i].size() - 1); };
  return R"({"type":"object","additionalProperties":false,"required":[)" + list(count, key) + R"(],"properties":{)" +
         list(count, [&](std::size_t i) { return served.label_key[i] + R"({"type":"number"})"; }) + "}}";
}

/// The labels of all outputs, each once.
std::string every_label(const ServedModel& served) {
  std::vector<std::string> all;
  for (const auto& output : served.output_label_json) {
    for (const auto& label : output) {
      if (std::find(all.begin(), all.end(), label) == all.end()) all.push_back(label);
    }
  }
  return list(all.size(), [&](std::size_t i) { return all[i]; });
}

std::string prediction(const ServedModel& served) {
  const std::string labels = R"({"enum":[)" + list(served.label_json.size(), [&](std::size_t i) { return served.label_json[i]; }) + "]}";
  switch (served.kind) {
    case AnswerKind::number:
      if (!served.output_label_json.empty()) return R"({"type":"object","required":["prediction"],"properties":{"prediction":{"type":"array","items":{"enum":[)" + every_label(served) + "]}}}}";
      return R"({"type":"object","required":["prediction"],"properties":{"prediction":{"type":["number","array","null"],"items":{"type":"number"}}}})";
    case AnswerKind::label: return R"({"type":"object","required":["prediction"],"properties":{"prediction":)" + labels + "}}";
    case AnswerKind::scores:
      return R"({"type":"object","required":["prediction","scores"],"properties":{"prediction":)" + labels + R"(,"scores":{"type":["number","object","array"]}}})";
    case AnswerKind::probabilities: break;
  }
  return R"({"type":"object","required":["prediction","confidence","probabilities"],"properties":{"prediction":)" + labels +
         R"(,"confidence":{"type":"number"},"probabilities":)" + by_class(served) + "}}";
}

std::string response(const char* description, const char* type, const char* schema) {
  return std::string(R"({"description":")") + description + R"(","content":{")" + type + R"(":{"schema":{"$ref":"#/components/schemas/)" + schema + R"("}}}})";
}

std::string problem_response(const char* description) { return response(description, "application/problem+json", "Problem"); }

std::string predict_path(const ServedModel& served) {
  return R"({"post":{"operationId":"predict","summary":"Predict one row or many","requestBody":{"required":true,"content":{"application/json":{)"
         R"("schema":{"oneOf":[{"$ref":"#/components/schemas/NamedRow"},{"$ref":"#/components/schemas/FeaturesRow"},{"$ref":"#/components/schemas/Instances"}]},)"
         R"("examples":{"named":{"summary":"One row by name","value":)" + example_object(served) +
         R"(},"features":{"summary":"One row as an array","value":{"features":)" + example_array(served) +
         R"(}},"instances":{"summary":"Several rows","value":{"instances":[)" + example_array(served) + "," + example_array(served) +
         R"(]}}}}}},"responses":{"200":{"description":"The prediction; of instances, one for each row","content":{"application/json":{"schema":{"oneOf":[)"
         R"({"$ref":"#/components/schemas/Prediction"},{"$ref":"#/components/schemas/Predictions"}]}}}},)"
         R"("400":)" + problem_response("Not JSON, or not HTTP") + R"(,"411":)" + problem_response("No Content-Length") +
         R"(,"413":)" + problem_response("Too many bytes or rows") + R"(,"415":)" + problem_response("Not application/json") +
         R"(,"422":)" + problem_response("Wrong shape, type or value; errors says where") +
         R"(,"503":)" + problem_response("Overloaded or draining; Retry-After says when to come back") + "}}}";
}

std::string text_path(const char* id, const char* summary, const char* type) {
  return std::string(R"({"get":{"operationId":")") + id + R"(","summary":")" + summary + R"(","responses":{"200":{"description":"OK","content":{")" + type +
         R"(":{}}}}}})";
}

std::string probe_path(const char* id, const char* summary) {
  return std::string(R"({"get":{"operationId":")") + id + R"(","summary":")" + summary +
         R"(","responses":{"200":{"description":"Yes","content":{"application/json":{}}},"503":{"description":"No","content":{"application/json":{}}}}}})";
}
}  // namespace

std::string openapi(const ServedModel& served, std::size_t max_rows) {
  const auto path = [](std::string_view name) { return json_text(name) + ":"; };
  return R"({"openapi":"3.1.0","info":{"title":)" + json_text(served.name) + R"(,"version":")" + kVersion + R"(","description":)" +
         json_text(served.info().estimator + " of " + served.info().library + " " + served.info().library_version + ", served by Headroom.") +
         R"(},"paths":{)" + path(http::paths::kPredict) + predict_path(served) + "," +
         path(http::paths::kHealth) + probe_path("health", "Predicts one row and says how the server is") + "," +
         path(http::paths::kLive) + probe_path("livez", "Whether the process answers") + "," +
         path(http::paths::kReady) + probe_path("readyz", "Whether requests should be sent here") + "," +
         path(http::paths::kMetrics) + text_path("metrics", "Counters and histograms for Prometheus", "text/plain") + "," +
         path(http::paths::kOpenApi) + text_path("openapi", "This document", "application/json") +
         R"(},"components":{"schemas":{"NamedRow":)" + named_row(served) + R"(,"FeaturesRow":{"type":"object","additionalProperties":false,"required":["features"],)"
         R"("properties":{"features":)" + array_row(served) + R"(}},"Instances":{"type":"object","additionalProperties":false,"required":["instances"],)"
         R"("properties":{"instances":{"type":"array","minItems":1,"maxItems":)" + std::to_string(max_rows) +
         R"(,"items":{"oneOf":[{"$ref":"#/components/schemas/NamedRow"},)" + array_row(served) + R"(]}}}},"Prediction":)" + prediction(served) +
         R"(,"Predictions":{"type":"object","required":["predictions"],"properties":{"predictions":{"type":"array","items":{"$ref":"#/components/schemas/Prediction"}}}},)"
         R"("Problem":{"type":"object","required":["type","title","status","detail"],"properties":{"type":{"type":"string"},"title":{"type":"string"},)"
         R"("status":{"type":"integer"},"detail":{"type":"string"},"errors":{"type":"array","items":{"type":"object","properties":{"loc":{"type":"array"},)"
         R"("msg":{"type":"string"},"input":{}}}}}}}}})";
}
}  // namespace headroom::serve
