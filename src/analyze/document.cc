#include "analyze/document.h"

#include <cmath>

#include "analyze/json_text.h"
#include "analyze/series.h"

namespace headroom::analyze {
namespace {
void write(JsonText& json, const Evidence& evidence) {
  json.object().member("what", evidence.what).member("value", evidence.value).member("unit", evidence.unit).member("source", evidence.source).end_object();
}

void write(JsonText& json, const Finding& finding) {
  json.object().member("cause", finding.cause).member("title", finding.title).member("confidence", finding.confidence);
  json.member("confirmed", finding.confirmed).member("part", finding.part).member("at", finding.at);
  json.key("evidence").array();
  for (const auto& evidence : finding.evidence) write(json, evidence);
  json.end_array().member("fix", finding.fix).key("gain");
  if (const auto& gain = finding.gain) {
    json.object().member("metric", gain->metric).member("from", gain->from).member("to", gain->to);
    json.member("low", gain->low).member("high", gain->high).member("model", gain->model).end_object();
  } else {
    json.null();
  }
  json.end_object();
}

void write_load(JsonText& json, const StepRow& step) {
  if (step.users > 0) json.member("users", step.users);
  else json.member("rate", step.rate);
}

void write_machines(JsonText& json, const StepRow& step) {
  json.key("cpu");
  if (step.cpu.known) {
    json.object().member("cores", step.cpu.cores).member("limit_cores", step.cpu.limit_cores).member("pod_limit_cores", step.cpu.pod_limit_cores);
    json.member("busiest_share", step.cpu.busiest_share).member("throttled_share", step.cpu.throttled_share);
    json.member("us_per_request", step.cpu.us_per_request).member("predict_us", step.predict_cpu_us).member("bytes_max", step.cpu.bytes_max).end_object();
  } else {
    json.null();
  }
  json.key("generator");
  if (step.generator.known) {
    json.object().member("thread_share", step.generator.thread_share).member("cores", step.generator.cores);
    json.member("lag_p99_ms", step.generator.lag_p99_ms).member("throttled_share", step.generator.throttled_share).member("machine_busy", step.generator.machine_busy);
    json.member("samples_dropped", step.generator.dropped).end_object();
  } else {
    json.null();
  }
  json.key("little");
  if (step.little.known) {
    json.object().member("in_flight", step.little.in_flight).member("rate_times_latency", step.little.rate_times_latency);
    json.member("residual_share", step.little.residual_share()).end_object();
  } else {
    json.null();
  }
}

void write(JsonText& json, const StepRow& step, std::int64_t zero_ns) {
  const auto since = [zero_ns](std::int64_t t) { return static_cast<double>(static_cast<long double>(t) - zero_ns) * 1e-9; };
  json.object().member("part", step.part).member("label", step.label);
  write_load(json, step);
  json.member("rps", step.rps).member("requests", step.requests).member("failures", step.failures).member("seconds", step.seconds);
  json.member("mean_ms", step.mean_ms).member("p50_ms", step.p50_ms).member("p95_ms", step.p95_ms).member("p99_ms", step.p99_ms).member("max_ms", step.max_ms);
  json.member("success", step.success).member("replicas_from", step.replicas.from).member("replicas_to", step.replicas.to);
  json.key("cells").object();
  for (std::size_t i = 0; i + 1 < kCells; ++i) json.member(kCellNames[i], step.accounting.cells[i]);
  json.end_object().member("unexplained_ms", step.accounting[Cell::unexplained]).member("server_known", step.accounting.server_known);
  json.member("start_s", since(step.start_ns)).member("steady_s", since(step.steady_ns)).member("end_s", since(step.end_ns));
  if (step.closed.known) json.member("think_ms", step.closed.think_ms).member("asked_rps", step.asked_rps());
  write_machines(json, step);
  json.member("cause", step.cause).key("broke").array();
  for (const auto& reason : step.broke) json.value(reason);
  json.end_array().end_object();
}

void write_column(JsonText& json, const char* name, const std::vector<double>& column) {
  json.key(name).array();
  for (const double value : column) json.value(value);
  json.end_array();
}

void write_series(JsonText& json, const run::Run& run, const Series& series) {
  json.key("series").object().member("width_s", series.width_s);
  write_column(json, "t_s", series.t_s);
  write_column(json, "rps", series.rps);
  write_column(json, "failures", series.failures);
  write_column(json, "p50_ms", series.p50_ms);
  write_column(json, "p95_ms", series.p95_ms);
  write_column(json, "p99_ms", series.p99_ms);
  write_column(json, "users", series.users);
  write_column(json, "generator_cpu", series.generator_cpu);
  write_column(json, "lag_p99_ms", series.lag_p99_ms);
  json.end_object().key("replicas").array();
  for (const auto& point : replica_points(run, series.zero_ns)) json.array().value(point.t_s).value(point.ready).value(point.desired).end_array();
  json.end_array().key("events").array();
  for (const auto& event : events_of(run, series.zero_ns)) {
    json.object().member("t_s", event.t_s).member("kind", event.kind).member("text", event.text).end_object();
  }
  json.end_array();
}

void write_slowest(JsonText& json, const run::Run& run, std::int64_t zero_ns) {
  json.key("slowest").array();
  for (const auto& path : slowest(run, zero_ns)) {
    json.object().member("t_s", path.t_s).member("part", path.part).member("step", path.step).member("name", path.name).member("status", path.status);
    json.member("error", path.error).member("trace_id", path.trace_id).member("body", path.body).member("latency_ms", path.latency_ms);
    json.key("cells").object().member("generator_lag", path.lag_ms).member("connect", path.connect_ms);
    json.member(path.has_server ? "network" : "unexplained", path.network_ms);
    for (std::size_t i = 0; path.has_server && i < path.stages_ms.size(); ++i) json.member(telemetry::kStageNames[i], path.stages_ms[i]);
    json.end_object().end_object();
  }
  json.end_array();
}

void write_errors(JsonText& json, const run::Run& run) {
  json.key("errors").array();
  std::size_t left = 100;
  for (const auto& error : run.errors) {
    if (left-- == 0) break;
    std::string_view label;
    for (const auto& step : run.steps) {
      if (step.id == error.step) label = step.label;
    }
    json.object().member("step", label).member("error", error.error).member("count", error.count).end_object();
  }
  json.end_array();
}
}  // namespace

std::string to_json(const Report& report, const run::Run& run) {
  const Series series = series_of(run);
  JsonText json;
  json.object().member("verdict", report.verdict).member("caveat", report.caveat).member("confidence", report.confidence).member("slo", report.slo);
  json.key("findings").array();
  for (const auto& finding : report.findings) write(json, finding);
  json.end_array().key("parts").array();
  for (const auto& part : report.parts) {
    json.object().member("name", part.name).member("verdict", part.verdict).member("confidence", part.confidence).member("cause", part.cause).end_object();
  }
  json.end_array().key("steps").array();
  for (const auto& part : report.parts) {
    for (const auto& step : part.steps) write(json, step, series.zero_ns);
  }
  json.end_array();
  write_series(json, run, series);
  write_slowest(json, run, series.zero_ns);
  write_errors(json, run);
  json.key("measured").object();
  for (const auto& [key, value] : run.meta) json.member(key, value);
  json.end_object().end_object();
  return json.take();
}
}  // namespace headroom::analyze
