#include "serve/infer_documents.h"

#include <algorithm>
#include <cctype>

#include "http/reply.h"

namespace headroom::serve {
namespace {
std::string quoted(std::string_view text) {
  http::ByteBuffer out;
  out.append('"');
  http::append_escaped(out, text);
  out.append('"');
  return std::string(out.view());
}

/// "sklearn_joblib" is what MLServer's users have; ours says library and estimator.
std::string platform_of(const model::ModelInfo& info) {
  std::string text = info.library + "_" + info.estimator;
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::isalnum(c) != 0 ? static_cast<char>(std::tolower(c)) : '_'; });
  return "headroom_" + text;
}

std::string tensor_text(const TensorSpec& tensor) {
  return R"({"name":)" + quoted(tensor.name) + R"(,"datatype":")" + std::string(name_of(tensor.type)) + R"(","shape":[-1,)" + std::to_string(tensor.columns) + "]}";
}

template <class List, class Text>
std::string joined(const List& list, std::size_t count, const Text& text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? "," : "") + text(list[i]);
  return out;
}

/// Triton's configuration calls them otherwise.
std::string config_type(TensorType type) { return type == TensorType::bytes ? "TYPE_STRING" : "TYPE_" + std::string(name_of(type)); }

std::string config_tensor(const TensorSpec& tensor, bool is_input) {
  return R"({"name":)" + quoted(tensor.name) + R"(,"data_type":")" + config_type(tensor.type) + R"(")" + (is_input ? R"(,"format":"FORMAT_NONE")" : "") + R"(,"dims":[-1,)" +
         std::to_string(tensor.columns) + "]" + (is_input ? R"(,"is_shape_tensor":false,"allow_ragged_batch":false,"optional":false)" : R"(,"label_filename":"","is_shape_tensor":false)") + "}";
}
}  // namespace

std::string server_metadata(std::string_view version) {
  return R"({"name":"headroom","version":)" + quoted(version) + R"(,"extensions":["binary_tensor_data","classification","model_configuration","parameters","statistics"]})";
}

std::string model_metadata(const ServedModel& served, const InferSchema& schema, std::span<const std::string> versions) {
  return R"({"name":)" + quoted(served.name) + R"(,"versions":[)" + joined(versions, versions.size(), quoted) + R"(],"platform":)" + quoted(platform_of(served.info())) + R"(,"inputs":[)" +
         joined(schema.inputs, schema.inputs.size(), tensor_text) + R"(],"outputs":[)" + joined(schema.outputs, schema.given, [](const InferOutput& output) { return tensor_text(output.tensor); }) + "]}";
}

std::string model_config(const ServedModel& served, const InferSchema& schema) {
  return R"({"name":)" + quoted(served.name) + R"(,"platform":)" + quoted(platform_of(served.info())) + R"(,"backend":"headroom","version_policy":{"latest":{"num_versions":1}},"max_batch_size":0,"input":[)" +
         joined(schema.inputs, schema.inputs.size(), [](const TensorSpec& tensor) { return config_tensor(tensor, true); }) + R"(],"output":[)" +
         joined(schema.outputs, schema.given, [](const InferOutput& output) { return config_tensor(output.tensor, false); }) +
         R"(],"instance_group":[],"default_model_filename":"","parameters":{},"model_warmup":[],"model_transaction_policy":{"decoupled":false}})";
}

std::string model_statistics(std::string_view name, std::string_view version, const InferCounts& counts) {
  const auto part = [](const char* what, std::uint64_t count, std::uint64_t ns) { return "\"" + std::string(what) + R"(":{"count":)" + std::to_string(count) + R"(,"ns":)" + std::to_string(ns) + "}"; };
  const auto ok = counts.succeeded;
  return R"({"name":)" + quoted(name) + R"(,"version":)" + quoted(version) + R"(,"last_inference":)" + std::to_string(counts.last_ms) + R"(,"inference_count":)" + std::to_string(counts.rows) +
         R"(,"execution_count":)" + std::to_string(ok) + R"(,"inference_stats":{)" + part("success", ok, counts.succeeded_ns) + "," + part("fail", counts.failed, counts.failed_ns) + "," +
         part("queue", ok, counts.queue_ns) + "," + part("compute_input", ok, counts.input_ns) + "," + part("compute_infer", ok, counts.infer_ns) + "," + part("compute_output", ok, counts.output_ns) + "," +
         part("cache_hit", 0, 0) + "," + part("cache_miss", 0, 0) + R"(},"batch_stats":[]})";
}

std::string repository_index(std::span<const RepositoryEntry> entries) {
  return "[" + joined(entries, entries.size(), [](const RepositoryEntry& entry) {
           return R"({"name":)" + quoted(entry.name) + R"(,"version":)" + quoted(entry.version) + R"(,"state":")" + (entry.is_ready ? "READY" : "UNAVAILABLE") + R"(","reason":)" + quoted(entry.reason) + "}";
         }) + "]";
}
}  // namespace headroom::serve
