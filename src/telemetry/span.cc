#include "telemetry/span.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/time.h"

namespace headroom::telemetry {
namespace {
constexpr std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

/// A span id that follows from another: the finisher of splitmix64, never zero.
SpanId derived(const SpanId& from, std::uint64_t which) {
  std::uint64_t z = 0;
  std::memcpy(&z, from.bytes.data(), sizeof(z));
  z += which * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  if (z == 0) z = which;
  SpanId id;
  std::memcpy(id.bytes.data(), &z, sizeof(z));
  return id;
}

std::string shortest(double value) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// FNV-1a, 64 bits, in hex.
std::string hashed(double value) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : shortest(value)) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  std::array<char, 17> text{};
  const auto end = std::to_chars(text.data(), text.data() + 16, hash, 16).ptr;
  return std::string(static_cast<std::size_t>(text.data() + 16 - end), '0') + std::string(text.data(), end);
}

const ModelNames* model_of(const RequestRecord& record, const SpanCatalog& catalog) {
  return record.model < catalog.models.size() ? &catalog.models[record.model] : nullptr;
}

void add_http(Span& span, const RequestRecord& record, std::string_view route) {
  span.attributes.push_back({"http.request.method", std::string(name(record.method))});
  span.attributes.push_back({"url.path", std::string(route)});
  span.attributes.push_back({"url.scheme", "http"});
  span.attributes.push_back({"http.route", std::string(route)});
  span.attributes.push_back({"http.response.status_code", std::int64_t{record.status}});
  span.attributes.push_back({"network.protocol.version", record.http_minor == 0 ? "1.0" : "1.1"});
  span.attributes.push_back({"http.request.body.size", std::int64_t{record.request_bytes}});
  span.attributes.push_back({"http.response.body.size", std::int64_t{record.response_bytes}});
  span.failed = record.status >= 500;
  if (span.failed) span.attributes.push_back({"error.type", std::to_string(record.status)});
}

/// headroom.stage.NAME, milliseconds as Server-Timing has them.
void add_stages(Span& span, const RequestRecord& record) {
  for (std::size_t s = 0; s < kStages; ++s) {
    span.attributes.push_back({"headroom.stage." + std::string(kStageNames[s]) + "_ms", milliseconds(Duration(record.stage_ns[s]))});
  }
}

void add_inputs(Span& span, const RequestRecord& record, const SpanCatalog& catalog) {
  if (catalog.inputs == TraceInputs::off) return;
  const ModelNames* model = model_of(record, catalog);
  for (std::size_t i = 0; i < std::min<std::size_t>(record.n_inputs, kInputsKept); ++i) {
    const std::string feature = model && i < model->features.size() ? model->features[i] : std::to_string(i);
    if (catalog.inputs == TraceInputs::hash) span.attributes.push_back({"input." + feature, hashed(record.inputs[i])});
    else span.attributes.push_back({"input." + feature, record.inputs[i]});
  }
}

void add_prediction(Span& span, const RequestRecord& record, const SpanCatalog& catalog) {
  const ModelNames* model = model_of(record, catalog);
  if (!model || record.status != 200) return;
  if (record.predicted >= 0 && static_cast<std::size_t>(record.predicted) < model->classes.size()) {
    span.attributes.push_back({"prediction.result", model->classes[static_cast<std::size_t>(record.predicted)]});
    span.attributes.push_back({"prediction.confidence", record.confidence});
  } else if (model->classes.empty()) {
    span.attributes.push_back({"prediction.result", record.result});
  }
}

Span server_span(const RequestRecord& record, std::string name) {
  Span span;
  span.trace_id = record.trace_id;
  span.id = record.span_id;
  span.parent = record.parent_span_id;
  span.name = std::move(name);
  span.kind = SpanKind::server;
  span.start_ns = record.start_ns;
  span.end_ns = record.start_ns + record.total_ns - record.stage_ns[at(Stage::accept)];
  return span;
}

/// A child over one stage: where the stages between reading and it end.
Span stage_span(const RequestRecord& record, Stage stage, std::string name) {
  Span span;
  span.trace_id = record.trace_id;
  span.id = derived(record.span_id, at(stage) + 1);
  span.parent = record.span_id;
  span.name = std::move(name);
  span.start_ns = record.start_ns;
  for (std::size_t s = at(Stage::read); s < at(stage); ++s) span.start_ns += record.stage_ns[s];
  span.end_ns = span.start_ns + record.stage_ns[at(stage)];
  return span;
}

std::vector<Span> predict_spans(const RequestRecord& record, const SpanCatalog& catalog) {
  std::vector<Span> spans{server_span(record, "prediction_request")};
  Span& request = spans.front();
  add_http(request, record, std::string(path_of(record.route)));
  const ModelNames* model = model_of(record, catalog);
  if (model) request.attributes.push_back({"headroom.model.name", model->name});
  request.attributes.push_back({"headroom.rows", std::int64_t{record.rows}});
  add_inputs(request, record, catalog);
  add_prediction(request, record, catalog);
  add_stages(request, record);
  if (record.rows == 0) return spans;  // refused before there was anything to prepare or to predict

  Span preparation = stage_span(record, Stage::decode, "data_preparation");
  preparation.attributes.push_back({"headroom.rows", std::int64_t{record.rows}});
  add_inputs(preparation, record, catalog);
  spans.push_back(std::move(preparation));
  if (record.status != 200) return spans;
  Span inference = stage_span(record, Stage::predict, "model_inference");
  if (model) inference.attributes.push_back({"headroom.model.name", model->name});
  inference.attributes.push_back({"headroom.rows", std::int64_t{record.rows}});
  if (record.predict_cpu_ns >= 0) inference.attributes.push_back({"headroom.cpu_ms", milliseconds(Duration(record.predict_cpu_ns))});
  add_prediction(inference, record, catalog);
  spans.push_back(std::move(inference));
  return spans;
}
}  // namespace

std::vector<Span> spans_of(const RequestRecord& record, const SpanCatalog& catalog) {
  if (predicts(record.route)) return predict_spans(record, catalog);
  if (record.route != Route::health) return {};
  Span span = server_span(record, "health_check");
  add_http(span, record, "/health");
  add_stages(span, record);
  return {std::move(span)};
}

Span model_loading_span(const ModelNames& model, std::int64_t start_ns, std::int64_t end_ns, std::uint64_t seed) {
  Span span;
  SpanId part;
  std::memcpy(part.bytes.data(), &seed, sizeof(seed));
  for (std::uint64_t half = 0; half < 2; ++half) {
    const SpanId random = derived(part, half + 1);
    std::memcpy(span.trace_id.bytes.data() + 8 * half, random.bytes.data(), 8);
  }
  span.id = derived(part, 3);
  span.name = "model_loading";
  span.start_ns = start_ns;
  span.end_ns = end_ns;
  span.attributes = {{"headroom.model.name", model.name},
                     {"headroom.model.estimator", model.estimator},
                     {"headroom.model.features", static_cast<std::int64_t>(model.features.size())},
                     {"headroom.model.classes", static_cast<std::int64_t>(model.classes.size())}};
  return span;
}
}  // namespace headroom::telemetry
