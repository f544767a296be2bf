#include "serve/connection.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "http/grammar.h"
#include "http/paths.h"
#include "http/reply.h"
#include "http/server_timing.h"
#include "http/traceparent.h"
#include "io/clock.h"
#include "model/member.h"
#include "serve/admit.h"
#include "serve/encode.h"

namespace headroom::serve {
namespace {
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kRetry = "Retry-After: 1\r\n";
constexpr std::uint64_t kCpuSampleEvery = 64;
constexpr std::size_t kLeastPacked = 1024;   // bytes; what is less fits into one packet anyway
// What Server-Timing tells. accept is known to the client as connect, and write is over only when the answer is on its way.
constexpr telemetry::Stage kFirstTold = telemetry::Stage::read;
constexpr telemetry::Stage kEndOfTold = telemetry::Stage::write;

static_assert(static_cast<int>(http::Method::other) == static_cast<int>(telemetry::HttpMethod::other));

constexpr std::size_t index(telemetry::Stage stage) { return static_cast<std::size_t>(stage); }

// What may be sent back as it came: short, visible, nothing that could end a header line.
bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// What is recorded of a cell of the first row; a text has no number.
double number_in(const model::Rows& rows, std::size_t column) {
  if (rows.is_dense()) return rows.dense()(0, column);
  const model::Column& from = rows.columns()[column];
  return from.type == model::ColumnType::f64 ? from.f64[0] : std::numeric_limits<double>::quiet_NaN();
}

template <std::size_t N>
void fill(std::array<std::uint8_t, N>& bytes, Rng& ids) {
  for (std::size_t i = 0; i < N; i += 8) {
    const std::uint64_t random = ids.next() | 1U;  // never all zero
    std::memcpy(bytes.data() + i, &random, 8);
  }
}
}  // namespace

Connection::Connection(Service& service, Ring<telemetry::RequestRecord>& ring, std::uint16_t thread, std::uint64_t seed)
    : service_(service), ring_(ring), thread_(thread), ids_(seed), decoder_(service.served, service.decode), body_(4096), lines_(1024) {
  content_type_.reserve(64);
  unwritten_.reserve(64);
}

void Connection::mark(Stage stage) {
  const Instant now = io::now();
  record_.stage_ns[index(stage)] += nanoseconds(now - last_mark_);
  last_mark_ = now;
}

bool Connection::answer(const io::Request& request, http::ByteBuffer& out) {
  begin(request);
  const auto& head = request.head;
  const Route& route = find_route(head.path);
  record_.route = route.kind;
  if (is_infer_) {
    answer_infer(request);
  } else if (route.target == Target::unknown) {
    problem(404, "there is nothing at this path; / shows what there is");
  } else if (!allows(route, head.method)) {
    lines_.append("Allow: ");
    lines_.append(route.allow);
    lines_.append("\r\n");
    problem(head.method == http::Method::other ? 501 : 405, "this path answers " + std::string(route.allow));
  } else if (head.method == http::Method::options) {
    lines_.append("Allow: ");
    lines_.append(route.allow);
    lines_.append("\r\n");
    if (!service_.cors_origin.empty()) {
      lines_.append("Access-Control-Allow-Headers: content-type, traceparent, x-request-id\r\nAccess-Control-Max-Age: 600\r\nAccess-Control-Allow-Methods: ");
      lines_.append(route.allow);
      lines_.append("\r\n");
    }
    reply(204, "");
  } else {
    switch (route.target) {
      case Target::predict: predict(request); break;
      case Target::health: check_health(false); break;
      case Target::ready: check_health(true); break;
      case Target::live: body_.append(R"({"status":"alive"})"); reply(200, kJson); break;
      case Target::metrics: reply_metrics(request); break;
      case Target::docs: body_.append(service_.docs); reply(200, "text/html; charset=utf-8"); break;
      case Target::openapi: body_.append(service_.openapi); reply(200, kJson); break;
      case Target::server:
      case Target::unknown: break;
    }
  }
  finish(request, out);
  return true;
}

void Connection::refuse(const http::Refusal& refusal, const io::Request& request, http::ByteBuffer& out) {
  begin(request);
  problem(refusal.status, refusal.reason);
  finish(request, out);
}

void Connection::begin(const io::Request& request) {
  const auto& arrival = request.arrival;
  record_ = telemetry::RequestRecord();
  body_.clear();
  lines_.clear();
  is_infer_ = request.head.path.starts_with(http::paths::kInfer) && (request.head.path.size() == http::paths::kInfer.size() || request.head.path[http::paths::kInfer.size()] == '/');
  record_.thread = thread_;
  record_.method = static_cast<telemetry::HttpMethod>(request.head.method);
  record_.http_minor = request.head.minor_version == 0 ? 0 : 1;
  record_.start_ns = nanoseconds(service_.anchor.to_wall(arrival.first_byte).time_since_epoch());
  record_.request_bytes = static_cast<std::uint32_t>(request.body.size());
  record_.in_flight = request.waiting + 1;
  record_.stage_ns[index(Stage::accept)] = nanoseconds(arrival.accept);
  record_.stage_ns[index(Stage::read)] = nanoseconds(arrival.complete - arrival.begun);
  record_.stage_ns[index(Stage::parse)] = nanoseconds(arrival.parsed - arrival.parse_begun);
  // Time in which the request was there and this thread was busy with others.
  record_.stage_ns[index(Stage::queue)] = nanoseconds((arrival.begun - arrival.first_byte) + (arrival.parse_begun - arrival.complete));
  last_mark_ = arrival.parsed;

  const auto parent = http::parse_traceparent(request.head.traceparent);
  if (parent) {
    record_.trace_id.bytes = parent->trace_id;
    record_.parent_span_id.bytes = parent->parent_id;
  } else {
    fill(record_.trace_id.bytes, ids_);
  }
  fill(record_.span_id.bytes, ids_);
  record_.sampled = telemetry::sample_at_head(service_.sampling, record_.trace_id, parent ? std::optional(parent->sampled) : std::nullopt);
}

bool Connection::let_in(const io::Request& request) {
  const auto admission = admit({request.waiting, service_.queue_limit}, request.arrival.first_byte + service_.timeout, last_mark_);
  if (admission != Admission::admitted) {
    lines_.append(kRetry);
    problem(503, admission == Admission::queue_full ? "too many requests are waiting" : "the request waited longer than --timeout");
    return false;
  }
  if (request.head.has_length || request.head.chunked) return true;
  problem(411, "send a body, with Content-Length or chunked");
  return false;
}

std::optional<std::string_view> Connection::plain_body(const io::Request& request) {
  const auto coding = coding_of(request.head.content_encoding);
  if (coding == Coding::identity) return request.body;
  if (coding == Coding::unknown) {
    lines_.append("Accept-Encoding: gzip, deflate\r\n");
    problem(415, "the body has a Content-Encoding that is not undone here; send gzip, deflate or none");
    return std::nullopt;
  }
  const auto plain = coder_.undo(coding, request.body, service_.max_body);
  if (plain) return *plain;
  mark(Stage::decode);
  problem(plain.error().status, plain.error().reason);
  return std::nullopt;
}

void Connection::predict(const io::Request& request) {
  if (!let_in(request)) return;
  const auto& head = request.head;
  if (!is_json(head)) return problem(415, "send Content-Type: application/json (curl: --json, not -d), in UTF-8");
  const auto body = plain_body(request);
  if (!body) return;
  const auto decoded = decoder_.decode(*body);
  if (!decoded) {
    mark(Stage::decode);
    return problem(decoded.error());
  }
  record_.rows = static_cast<std::uint32_t>(decoded->rows.count());
  const auto valid = service_.served.model->validate(decoded->rows);
  mark(Stage::decode);
  if (!valid) return problem(decoder_.place(valid.error(), *decoded));
  run_model(*decoded);
  mark(Stage::predict);
  append_answer(body_, service_.served, {predicted_, detail_}, decoded->as_instances);
  remember(*decoded);
  reply(200, kJson);
}

bool Connection::is_cpu_sampled() { return ++answered_ % kCpuSampleEvery == 0; }

void Connection::run_model(const Decoded& decoded) {
  const auto& served = service_.served;
  const bool measured = is_cpu_sampled();
  const Duration cpu = measured ? io::thread_cpu() : Duration();
  const bool both = served.kind == AnswerKind::probabilities;
  if (both) served.model->predict(model::Method::predict_proba, decoded.rows, detail_, scratch_);
  if (served.kind == AnswerKind::scores) served.model->predict(model::Method::decision_function, decoded.rows, detail_, scratch_);
  if (both && served.info().predict_is_first_largest && detail_.dtype == model::DType::f64) take_first_largest();
  else served.model->predict(model::Method::predict, decoded.rows, predicted_, scratch_);
  if (measured) record_.predict_cpu_ns = nanoseconds(io::thread_cpu() - cpu);
}

void Connection::take_first_largest() {
  predicted_.dtype = model::DType::i64;
  predicted_.rows = detail_.rows;
  predicted_.columns = 1;
  predicted_.i64.resize(detail_.rows);
  for (std::size_t i = 0; i < detail_.rows; ++i) {
    predicted_.i64[i] = static_cast<std::int64_t>(first_largest({detail_.f64.data() + i * detail_.columns, detail_.columns}));
  }
}

// For the span: the first row and what was said of it.
void Connection::remember(const Decoded& decoded) {
  const auto& served = service_.served;
  if (served.kind == AnswerKind::number) {
    if (predicted_.dtype == model::DType::f64) record_.result = predicted_.f64[0];
    if (predicted_.dtype == model::DType::f32) record_.result = static_cast<double>(predicted_.f32[0]);
    if (predicted_.dtype == model::DType::i64) record_.result = static_cast<double>(predicted_.i64[0]);
  } else {
    record_.predicted = static_cast<std::int32_t>(predicted_.i64[0]);
    if (served.kind == AnswerKind::probabilities) record_.confidence = model::value_at(detail_, static_cast<std::size_t>(predicted_.i64[0]));
  }
  keep_inputs(decoded.rows);
}

void Connection::keep_inputs(const model::Rows& rows) {
  if (!service_.keep_inputs || !record_.sampled) return;
  record_.n_inputs = static_cast<std::uint8_t>(std::min(rows.width(), telemetry::kInputsKept));
  for (std::size_t j = 0; j < record_.n_inputs; ++j) record_.inputs[j] = number_in(rows, j);
}

void Connection::check_health(bool only_ready) {
  HealthCheck check;
  check.uptime = last_mark_ - service_.anchor.instant;
  ExampleRow::Memory memory;
  const model::Rows rows = service_.served.example.rows(memory);
  const Instant before = last_mark_;
  if (service_.served.model->validate(rows)) {
    service_.served.model->predict(model::Method::predict, rows, predicted_, scratch_);
    if (predicted_.rows != 1) check.health = Health::unhealthy;
  } else {
    check.health = Health::unhealthy;
  }
  mark(Stage::predict);
  check.check = last_mark_ - before;
  if (check.health == Health::healthy && service_.draining.load(std::memory_order_relaxed)) check.health = Health::draining;
  if (only_ready) {
    body_.append(check.health == Health::healthy ? R"({"status":"ready"})" : R"({"status":"not ready"})");
  } else {
    append_health(body_, service_.served, check);
  }
  reply(status_of(check.health), kJson);
}

void Connection::reply_metrics(const io::Request& request) {
  std::string type;
  body_.append(service_.metrics(request.head.accept, type));
  reply(200, type);
}

void Connection::reply(std::uint16_t status, std::string_view content_type) {
  status_ = status;
  content_type_ = content_type;
}

void Connection::problem(std::uint16_t status, std::string_view detail, std::string_view errors) {
  body_.clear();
  record_.error = status;
  if (is_infer_) {
    body_.append(R"({"error":")");
    http::append_escaped(body_, detail);
    body_.append("\"}");
    return reply(status, kJson);
  }
  http::append_problem(body_, status, detail, errors);
  reply(status, http::kProblemType);
}

void Connection::problem(const RequestError& error) {
  if (error.loc.empty()) return problem(error.status, error.message);
  http::ByteBuffer errors;
  errors.append(R"([{"loc":)");
  errors.append(error.loc);
  errors.append(R"(,"msg":")");
  http::append_escaped(errors, error.message);
  errors.append('"');
  if (!error.input.empty()) {
    errors.append(R"(,"input":)");
    errors.append(error.input);
  }
  errors.append("}]");
  problem(error.status, error.message, errors.view());
}

// No Content-Type is taken for JSON, as there is nothing else that it could be.
bool Connection::is_json(const http::Head& head) {
  if (head.content_type.empty()) return true;
  const auto semicolon = head.content_type.find(';');
  const auto type = http::grammar::trim(head.content_type.substr(0, semicolon));
  if (!http::grammar::equals(type, kJson)) return false;
  if (semicolon == std::string_view::npos) return true;
  const auto parameter = http::grammar::trim(head.content_type.substr(semicolon + 1));
  return !http::grammar::equals(parameter.substr(0, std::min<std::size_t>(parameter.size(), 8)), "charset=") ||
         http::grammar::equals(parameter, "charset=utf-8") || http::grammar::equals(parameter, "charset=\"utf-8\"");
}

void Connection::append_trace_lines(const io::Request& request, http::ByteBuffer& out) {
  char* at = out.room(320 + 48 * telemetry::kStages);  // a name and 19 digits for each
  const auto put = [&at](std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    at += text.size();
  };
  put("Server-Timing: ");
  for (std::size_t s = index(kFirstTold); s < index(kEndOfTold); ++s) {
    if (s != index(kFirstTold)) put(", ");
    at = http::write_timing(at, telemetry::kStageNames[s], record_.stage_ns[s]);
  }
  put("\r\ntraceparent: ");
  at = http::write_traceparent(at, {record_.trace_id.bytes, record_.span_id.bytes, record_.sampled});
  put("\r\nX-Request-Id: ");
  if (is_sane_id(request.head.request_id)) put(request.head.request_id);
  else at = http::write_hex(at, record_.trace_id.bytes.data(), record_.trace_id.bytes.size());
  put("\r\n");
  out.end_at(at);
}

void Connection::finish(const io::Request& request, http::ByteBuffer& out) {
  if (!service_.cors_origin.empty()) {
    lines_.append("Access-Control-Allow-Origin: ");
    lines_.append(service_.cors_origin);
    lines_.append("\r\nVary: Origin\r\nAccess-Control-Expose-Headers: server-timing, traceparent, x-request-id\r\n");
  }
  std::string_view body = body_.view();
  if (body.size() >= kLeastPacked && accepts_gzip(request.head.field("accept-encoding"))) {
    packed_.clear();
    coder_.gzip(body, packed_);
    body = packed_.view();
    lines_.append("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
  }
  mark(Stage::encode);
  append_trace_lines(request, lines_);
  http::ReplyHead head;
  head.status = status_;
  head.close = request.closing || !request.head.keep_alive;
  head.keep_alive_1_0 = request.head.minor_version == 0;
  head.content_type = content_type_;
  head.content_length = body.size();
  head.date = request.date;
  head.lines = lines_.view();
  http::append_head(out, head);
  if (request.head.method != http::Method::head) out.append(body);
  record_.status = status_;
  record_.response_bytes = request.head.method == http::Method::head ? 0 : static_cast<std::uint32_t>(body.size());
  unwritten_.push_back({record_, last_mark_});
}

void Connection::written(Instant now) {
  for (auto& [record, encoded] : unwritten_) {
    record.stage_ns[index(Stage::write)] = nanoseconds(now - encoded);
    for (const auto ns : record.stage_ns) record.total_ns += ns;
    ring_.push(record);
  }
  unwritten_.clear();
}
}  // namespace headroom::serve
