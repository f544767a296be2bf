// The Open Inference Protocol's part of a connection. The stages are those of /predict, in the same order.
#include <algorithm>
#include <charconv>

#include "generated/version.h"
#include "http/grammar.h"
#include "io/clock.h"
#include "model/member.h"
#include "serve/connection.h"

namespace headroom::serve {
namespace {
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kJsonSize = "inference-header-content-length";

/// A name in a path with its %XX undone; nothing else is known by another name.
bool names(std::string_view encoded, std::string_view name) noexcept {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  std::size_t at = 0;
  for (const char c : name) {
    if (at >= encoded.size()) return false;
    char found = encoded[at++];
    if (found == '%' && at + 2 <= encoded.size() && digit(encoded[at]) >= 0 && digit(encoded[at + 1]) >= 0) {
      found = static_cast<char>(digit(encoded[at]) * 16 + digit(encoded[at + 1]));
      at += 2;
    }
    if (found != c) return false;
  }
  return at == encoded.size();
}
}  // namespace

InferFace face_of(const ServedModel& served, std::string_view server_version) {
  InferFace face;
  face.version = "1";
  face.schema = schema_of(served);
  face.server = server_metadata(server_version);
  face.metadata = model_metadata(served, face.schema, std::vector<std::string>{face.version});
  face.config = model_config(served, face.schema);
  return face;
}

void Connection::answer_infer(const io::Request& request) {
  const auto path = infer_path(request.head.path);
  if (path.target == InferTarget::unknown) return problem(404, "there is nothing at this path of the Open Inference Protocol");
  const bool is_post = request.head.method == http::Method::post;
  const bool is_get = request.head.method == http::Method::get || request.head.method == http::Method::head;
  if (request.head.method == http::Method::options || (takes_post(path.target) ? !is_post : !is_get)) {
    lines_.append(takes_post(path.target) ? "Allow: POST, OPTIONS\r\n" : "Allow: GET, HEAD, OPTIONS\r\n");
    if (request.head.method == http::Method::options) return reply(204, "");
    return problem(405, takes_post(path.target) ? "this path answers POST" : "this path answers GET");
  }
  const bool is_draining = service_.draining.load(std::memory_order_relaxed);
  switch (path.target) {
    case InferTarget::server: return reply_document(service_.infer.server);
    case InferTarget::live: return reply_document(R"({"live":true})");
    case InferTarget::ready:
      reply_document(is_draining ? R"({"ready":false,"live":false})" : R"({"ready":true,"live":true})");
      if (is_draining) status_ = 503;
      return;
    case InferTarget::index: return reply_document(repository_index(std::vector<RepositoryEntry>{{service_.served.name, service_.infer.version, true, ""}}));
    case InferTarget::load:
    case InferTarget::unload: return problem(501, "this server was started with one model; give it a directory of models to load and unload them");
    case InferTarget::statistics:
      if (path.model.empty()) break;
      [[fallthrough]];
    default:
      if (!is_known(path)) return;
  }
  switch (path.target) {
    case InferTarget::infer: return infer(request);
    case InferTarget::model: return reply_document(service_.infer.metadata);
    case InferTarget::config: return reply_document(service_.infer.config);
    case InferTarget::statistics: return reply_document(R"({"model_stats":[)" + model_statistics(service_.served.name, service_.infer.version, service_.infer.counts()) + "]}");
    default: break;
  }
  reply_document(R"({"name":")" + std::string(path.model) + R"(","ready":)" + (is_draining ? "false}" : "true}"));
  if (is_draining) status_ = 503;
}

bool Connection::is_known(const InferPath& path) {
  const bool is_model = names(path.model, service_.served.name);
  if (is_model && (path.version.empty() || path.version == service_.infer.version)) return true;
  problem(404, is_model ? "the model has no version '" + std::string(path.version.substr(0, 80)) + "'; it has " + service_.infer.version
                        : "there is no model '" + std::string(path.model.substr(0, 80)) + "'; there is " + service_.served.name);
  return false;
}

void Connection::reply_document(std::string_view json) {
  body_.append(json);
  reply(200, kJson);
}

void Connection::refuse_infer(const InferError& error) { problem(error.status, error.message); }

/// With the binary extension the head says how much of the body is JSON; 0: nothing is, and the body is the one input's elements.
expected<const InferRequest*, InferError> Connection::described(const http::Head& head, std::string_view body) {
  const auto said = head.field(kJsonSize);
  if (said.data() == nullptr || said.empty()) {
    if (!is_json(head)) return unexpected(InferError{415, "send Content-Type: application/json, or Inference-Header-Content-Length where raw tensors follow"});
    return infer_.decoder.decode(body, body.size());
  }
  std::size_t json_size = 0;
  const auto [end, error] = std::from_chars(said.data(), said.data() + said.size(), json_size);
  if (error != std::errc{} || end != said.data() + said.size() || json_size > body.size()) return unexpected(InferError{400, "Inference-Header-Content-Length is no size of a part of the body"});
  if (json_size > 0) return infer_.decoder.decode(body, json_size);
  const auto& inputs = service_.infer.schema.inputs;
  if (inputs.size() != 1) return unexpected(InferError{400, "a raw request is for models of one input; this one has " + std::to_string(inputs.size())});
  infer_.raw.clear();
  infer_.raw.binary_by_default = true;
  Tensor& tensor = infer_.raw.add_input();
  tensor.name = inputs[0].name;
  tensor.type = inputs[0].type;
  tensor.raw = body;
  const std::size_t row = size_of(tensor.type) * inputs[0].columns;
  tensor.shape = {row == 0 ? 1 : body.size() / row, inputs[0].columns};
  return &infer_.raw;
}

void Connection::infer(const io::Request& request) {
  record_.route = telemetry::Route::infer;
  if (!let_in(request)) return;
  const auto body = plain_body(request);
  if (!body) return;
  const auto described_request = described(request.head, *body);
  if (!described_request) {
    mark(Stage::decode);
    return refuse_infer(described_request.error());
  }
  const InferRequest& asked = **described_request;
  if (asked.timeout_us > 0 && last_mark_ - request.arrival.first_byte > std::chrono::microseconds(std::min<std::uint64_t>(asked.timeout_us, 1U << 30U))) {
    mark(Stage::decode);
    return problem(504, "the request waited longer than its timeout");
  }
  const auto rows = infer_.rows.of(asked, service_.served, service_.decode.max_rows);
  if (!rows) {
    mark(Stage::decode);
    return refuse_infer(rows.error());
  }
  record_.rows = static_cast<std::uint32_t>(rows->count());
  const auto valid = service_.served.model->validate(*rows);
  const auto planned = valid ? plan_outputs(asked, service_.infer.schema, infer_.planned) : expected<void, InferError>();
  mark(Stage::decode);
  if (!valid) {
    const auto& error = valid.error();
    const std::string column = error.column < service_.served.features.size() ? ", feature '" + service_.served.features[error.column] + "'" : "";
    return problem(400, "row " + std::to_string(error.row) + column + ": " + error.message);
  }
  if (!planned) return refuse_infer(planned.error());
  run_outputs(*rows);
  mark(Stage::predict);
  const std::size_t json_size = append_infer_reply(body_, {service_.served.name, service_.infer.version, asked.id}, infer_.planned, service_.infer.schema, infer_.views);
  remember_outputs();
  keep_inputs(*rows);
  if (json_size == body_.size()) return reply(200, kJson);
  lines_.append("Inference-Header-Content-Length: ");
  lines_.append_number(json_size);
  lines_.append("\r\n");
  reply(200, "application/octet-stream");
}

void Connection::run_outputs(const model::Rows& rows) {
  const bool measured = is_cpu_sampled();
  const Duration cpu = measured ? io::thread_cpu() : Duration();
  infer_.answers.resize(std::max(infer_.answers.size(), infer_.planned.size()));
  infer_.views.clear();
  for (std::size_t i = 0; i < infer_.planned.size(); ++i) {
    service_.served.model->predict(infer_.planned[i].output->method, rows, infer_.answers[i], scratch_);
    infer_.views.push_back(&infer_.answers[i]);
  }
  if (measured) record_.predict_cpu_ns = nanoseconds(io::thread_cpu() - cpu);
}

/// For the span: what was said of the first row, as far as it was asked for.
void Connection::remember_outputs() {
  const model::Output* probabilities = nullptr;
  for (std::size_t i = 0; i < infer_.planned.size(); ++i) {
    const auto& answer = infer_.answers[i];
    if (infer_.planned[i].output->method == model::Method::predict_proba) probabilities = &answer;
    if (infer_.planned[i].output->method != model::Method::predict) continue;
    if (service_.served.kind == AnswerKind::number) record_.result = model::value_at(answer, 0);
    else record_.predicted = static_cast<std::int32_t>(answer.i64[0]);
  }
  if (probabilities != nullptr && record_.predicted >= 0 && static_cast<std::size_t>(record_.predicted) < probabilities->columns) {
    record_.confidence = model::value_at(*probabilities, static_cast<std::size_t>(record_.predicted));
  }
}
}  // namespace headroom::serve
