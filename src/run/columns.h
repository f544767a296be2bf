// The tables of the run file, said once: each visit() names the columns of a row in order. The writer binds with it, the reader
// reads and checks with it, and table_sql.h makes the SQL from it. docs/formats/run.md explains each column.
#pragma once
#include <string>

#include "run/rows.h"

namespace headroom::run {
inline constexpr std::int64_t kApplicationId = 0x4844524d;  // "HDRM", in bytes 68..71 of the file

struct MetaRow {
  std::string key;
  std::string value;
};
struct NameRow {
  int id = 0;
  std::string text;
};

/// kName; kKey: "" or the table's primary key; visit(visitor, row): visitor(column, field) for each, and visitor.stages(prefix,
/// array) for the eight stage columns, visitor.later(column, histogram or double) for one that older files lack, visitor.inputs(column, record) for a record's inputs.
template <class Row>
struct Table;

template <>
struct Table<MetaRow> {
  static constexpr const char* kName = "meta";
  static constexpr const char* kKey = "key";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("key", r.key), v("value", r.value);
  }
};
template <>
struct Table<NameRow> {
  static constexpr const char* kName = "names";
  static constexpr const char* kKey = "id";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id), v("text", r.text);
  }
};
template <>
struct Table<Step> {
  static constexpr const char* kName = "steps";
  static constexpr const char* kKey = "id";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("id", r.id), v("part", r.part), v("label", r.label), v("users", r.users), v("rate", r.rate);
    v("start_ns", r.start_ns), v("steady_ns", r.steady_ns), v("end_ns", r.end_ns);
  }
};
template <>
struct Table<Sample> {
  static constexpr const char* kName = "samples";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("step", r.step), v("name", r.name), v("intended_ns", r.intended_ns), v("sent_ns", r.sent_ns);
    v("first_byte_ns", r.first_byte_ns), v("done_ns", r.done_ns), v("connect_ns", r.connect_ns), v("status", r.status);
    v("error", r.error), v("trace_id", r.trace_id), v("has_server", r.has_server), v.stages("server_", r.server_ns);
  }
};
template <>
struct Table<ClientSecond> {
  static constexpr const char* kName = "client_seconds";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("t_ns", r.t_ns), v("step", r.step), v("name", r.name), v("steady", r.steady), v("requests", r.requests);
    v("failures", r.failures), v("latency_ns", r.latency_ns), v("service_ns", r.service_ns), v("lag_ns", r.lag_ns);
    v("connect_ns", r.connect_ns), v("with_server", r.with_server), v("with_server_service_ns", r.with_server_service_ns);
    v.stages("server_", r.server_ns), v("latency", r.latency), v("service", r.service);
    v.later("slo_latency", r.slo_latency);
  }
};
template <>
struct Table<ErrorCount> {
  static constexpr const char* kName = "errors";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("step", r.step), v("name", r.name), v("error", r.error), v("count", r.count);
  }
};
template <>
struct Table<GeneratorSecond> {
  static constexpr const char* kName = "generator_seconds";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("t_ns", r.t_ns), v("step", r.step), v("users", r.users), v("connections", r.connections), v("cpu_share", r.cpu_share);
    v("threads", r.threads), v("lag_p50_ns", r.lag_p50_ns), v("lag_p99_ns", r.lag_p99_ns), v("lag_max_ns", r.lag_max_ns);
    v("samples_dropped", r.samples_dropped), v("throttled_ns", r.throttled_ns);
    v.later("machine_busy", r.machine_busy);
  }
};
template <>
struct Table<ServerSecond> {
  static constexpr const char* kName = "server_seconds";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("t_ns", r.t_ns), v("replica", r.replica), v("route", r.route), v("requests", r.requests), v("errors", r.errors);
    v("shed", r.shed), v.stages("", r.stage_ns), v("predict_cpu_ns", r.predict_cpu_ns), v("predict_cpu_n", r.predict_cpu_n);
    v("total_ns", r.total_ns), v("in_flight_max", r.in_flight_max), v("total", r.total);
  }
};
template <>
struct Table<ServerRequest> {
  static constexpr const char* kName = "server_requests";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    auto& record = r.record;
    v("replica", r.replica), v("trace_id", record.trace_id), v("span_id", record.span_id);
    v("parent_span_id", record.parent_span_id), v("start_ns", record.start_ns), v("total_ns", record.total_ns);
    v.stages("", record.stage_ns), v("predict_cpu_ns", record.predict_cpu_ns), v("rows", record.rows);
    v("request_bytes", record.request_bytes), v("response_bytes", record.response_bytes), v("in_flight", record.in_flight);
    v("status", record.status), v("model", record.model), v("thread", record.thread), v("route", record.route);
    v("sampled", record.sampled), v("method", record.method), v("predicted", record.predicted), v("error", record.error);
    v("result", record.result), v("confidence", record.confidence), v.inputs("inputs", record);
  }
};
template <>
struct Table<ReplicaSample> {
  static constexpr const char* kName = "replica_samples";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("t_ns", r.t_ns), v("replica", r.replica), v("cpu_ns", r.cpu_ns), v("throttled_ns", r.throttled_ns);
    v("periods", r.periods), v("throttled_periods", r.throttled_periods), v("memory_bytes", r.memory_bytes);
    v("connections", r.connections), v("cpu_limit", r.cpu_limit), v("cpu_request", r.cpu_request);
  }
};
template <>
struct Table<ReplicaEvent> {
  static constexpr const char* kName = "replica_events";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("t_ns", r.t_ns), v("replica", r.replica), v("event", r.event), v("detail", r.detail);
  }
};
template <>
struct Table<HpaPass> {
  static constexpr const char* kName = "hpa_passes";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("t_ns", r.t_ns), v("current", r.current), v("ready", r.ready), v("desired", r.desired), v("proposal", r.proposal);
    v("utilization_pct", r.utilization_pct), v("reason", r.reason), v("message", r.message), v("event", r.event);
    v("conditions_json", r.conditions_json);
  }
};
template <>
struct Table<SlowRequest> {
  static constexpr const char* kName = "slow_requests";
  static constexpr const char* kKey = "";
  template <class V, class R>
  static void visit(V& v, R& r) {
    v("step", r.step), v("done_ns", r.done_ns), v("latency_ns", r.latency_ns), v("name", r.name);
    v("request_body", r.request_body), v("status", r.status), v("trace_id", r.trace_id);
  }
};
}  // namespace headroom::run
