// What a run file holds, one struct a table; docs/formats/run.md says the same in SQL. All times are CLOCK_REALTIME nanoseconds
// of the one writing process, made from one ClockAnchor, so they never jump within a run.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "stats/histogram.h"
#include "telemetry/request_record.h"

namespace headroom::run {
inline constexpr int kSchemaVersion = 1;

/// Name → value: tool version, command line, machine (CPUs, kernel), seeds, model, SLO, how CPU limits are enforced
/// ("cgroup v1", "cgroup v2", "emulated", "none"). Keys are listed in docs/formats/run.md.
using Meta = std::map<std::string, std::string>;

/// One load step: a part of the schedule with one intended number of users or one intended rate.
struct Step {
  int id = 0;
  std::string part{};   // experiment part, "" when there is one
  std::string label{};  // "150 users"
  int users = 0;      // intended; 0 in an open loop
  double rate = 0;    // intended arrivals a second; 0 in a closed loop
  std::int64_t start_ns = 0;
  std::int64_t steady_ns = 0;  // from here the step counts: ramp over, warm-up excluded
  std::int64_t end_ns = 0;
};

/// What a client sees of one request. latency = done - intended, service time = done - sent, send lag = sent - intended.
struct Sample {
  int step = 0;
  int name = 0;  // index into Run::names ("POST /predict")
  std::int64_t intended_ns = 0;
  std::int64_t sent_ns = 0;
  std::int64_t first_byte_ns = 0;
  std::int64_t done_ns = 0;
  std::int64_t connect_ns = 0;  // duration of the connection's set-up where this request had to wait for it, else 0
  std::uint16_t status = 0;     // 0 = no answer
  std::string error{};            // "" = success; else a short name such as "timeout", "connection refused", "HTTP 503"
  telemetry::TraceId trace_id{};
  std::array<std::int64_t, telemetry::kStages> server_ns{};  // from Server-Timing
  bool has_server = false;
};

/// One second of one request name, all requests that ended in it (never sampled). Sums let every mean be exact.
struct ClientSecond {
  std::int64_t t_ns = 0;  // start of the second
  int step = 0;
  int name = 0;
  bool steady = false;    // the second lies in the steady part of its step
  std::uint64_t requests = 0;  // ended in this second, failures included
  std::uint64_t failures = 0;
  std::int64_t latency_ns = 0, service_ns = 0, lag_ns = 0, connect_ns = 0;  // sums over requests
  std::uint64_t with_server = 0;  // how many carried Server-Timing
  std::int64_t with_server_service_ns = 0;  // sum of service time over those
  std::array<std::int64_t, telemetry::kStages> server_ns{};  // sums over those
  stats::Histogram latency{};
  stats::Histogram service{};
  /// What an SLO judges: latency, but a failed request as at least the timeout and one in flight at the end as its age; empty where
  /// that is `latency` itself.
  stats::Histogram slo_latency{};
};

struct ErrorCount {
  int step = 0;
  int name = 0;
  std::string error{};
  std::uint64_t count = 0;
};

/// The load generator on itself, each second. Shares are of one CPU.
struct GeneratorSecond {
  std::int64_t t_ns = 0;
  int step = 0;
  int users = 0;             // running
  int connections = 0;       // open
  double cpu_share = 0;      // CPU seconds used in this second, all its threads, / threads
  int threads = 1;
  std::int64_t lag_p50_ns = 0, lag_p99_ns = 0, lag_max_ns = 0;  // sent - intended
  std::uint64_t samples_dropped = 0;  // sample rows lost to a full ring (histograms lose nothing)
  std::int64_t throttled_ns = 0;      // of its cgroup, in this second; -1 = not readable
  double machine_busy = std::numeric_limits<double>::quiet_NaN();  // share of all the machine's CPU time that somebody used or a host took; NaN = unknown
};

/// One second of one server process as it saw itself, all requests.
struct ServerSecond {
  std::int64_t t_ns = 0;
  std::string replica{};
  telemetry::Route route = telemetry::Route::other;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // 5xx
  std::uint64_t shed = 0;    // 429, 503
  std::array<std::int64_t, telemetry::kStages> stage_ns{};  // sums
  std::int64_t predict_cpu_ns = 0;  // sum over requests where measured
  std::uint64_t predict_cpu_n = 0;
  std::int64_t total_ns = 0;
  std::uint32_t in_flight_max = 0;
  stats::Histogram total{};
};

/// A sampled server-side request with its replica.
struct ServerRequest {
  std::string replica{};
  telemetry::RequestRecord record{};
};

/// A process under a pod's limits, sampled by whoever runs it (about each second). Counters since its start.
struct ReplicaSample {
  std::int64_t t_ns = 0;
  std::string replica{};
  std::int64_t cpu_ns = 0;
  std::int64_t throttled_ns = 0;
  std::uint64_t periods = 0, throttled_periods = 0;
  std::uint64_t memory_bytes = 0;
  int connections = 0;
  double cpu_limit = 0;    // cores; 0 = none
  double cpu_request = 0;  // cores
};

/// What happened to a replica: "start", "ready", "drain", "exit", "crash".
struct ReplicaEvent {
  std::int64_t t_ns = 0;
  std::string replica{};
  std::string event{};
  std::string detail{};
};

/// One pass of the HPA.
struct HpaPass {
  std::int64_t t_ns = 0;
  int current = 0;
  int ready = 0;
  int desired = 0;
  int proposal = -1;            // before behavior and limits; -1 = no metric
  double utilization_pct = -1;  // of the deciding metric; -1 = none
  std::string reason{};           // condition reason that shaped the number, "ReadyForNewScale", "ScaleDownStabilized", …
  std::string message{};
  std::string event{};            // "" or the SuccessfulRescale message
  std::string conditions_json{};
};

/// A request slower than --slow, with what was sent.
struct SlowRequest {
  int step = 0;
  std::int64_t done_ns = 0;
  std::int64_t latency_ns = 0;
  std::string name{};
  std::string request_body{};  // cut at 4 KiB
  std::uint16_t status = 0;
  telemetry::TraceId trace_id{};
};

/// A whole run in memory, as analyze reads it.
struct Run {
  Meta meta;
  std::vector<std::string> names;
  std::vector<Step> steps;
  std::vector<Sample> samples;  // sampled or all: meta["samples"] says which
  std::vector<ClientSecond> client_seconds;
  std::vector<ErrorCount> errors;
  std::vector<GeneratorSecond> generator_seconds;
  std::vector<ServerSecond> server_seconds;
  std::vector<ServerRequest> server_requests;
  std::vector<ReplicaSample> replica_samples;
  std::vector<ReplicaEvent> replica_events;
  std::vector<HpaPass> hpa_passes;
  std::vector<SlowRequest> slow_requests;
};
}  // namespace headroom::run
