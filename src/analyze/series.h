// The run over time, for charts: one point a second (or wider, when a run is long), and what happened to the replicas.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "run/rows.h"

namespace headroom::analyze {
/// Columns of equal length, the time first. NaN = nothing ended in that second, or it was not recorded.
struct Series {
  std::int64_t zero_ns = 0;  // start of the first step
  double width_s = 1;        // of a point
  std::vector<double> t_s, rps, failures, p50_ms, p95_ms, p99_ms, users, generator_cpu, lag_p99_ms;
};

struct ReplicaPoint {
  double t_s = 0;
  double ready = 0;
  double desired = 0;  // NaN = no HPA pass yet
};

struct RunEvent {
  double t_s = 0;
  std::string kind;  // "hpa", "ready", "drain", "exit", "crash"
  std::string text;
};

/// Where a slow request's time went. The cells are those of accounting.h, in milliseconds.
struct SlowPath {
  double t_s = 0;
  std::string part, step, name, error, trace_id, body;
  int status = 0;
  double latency_ms = 0;
  double lag_ms = 0, connect_ms = 0, network_ms = 0;
  bool has_server = false;
  std::vector<double> stages_ms;
};

inline constexpr std::size_t kMaxPoints = 1200;
inline constexpr std::size_t kMaxEvents = 500;
inline constexpr std::size_t kSlowest = 12;

[[nodiscard]] Series series_of(const run::Run& run);
[[nodiscard]] std::vector<ReplicaPoint> replica_points(const run::Run& run, std::int64_t zero_ns);
/// HPA decisions that changed something or said why not (each reason once until it changes), and what became of replicas.
[[nodiscard]] std::vector<RunEvent> events_of(const run::Run& run, std::int64_t zero_ns);
/// The recorded requests with the largest latency, largest first; the body where the slow-request log kept it.
[[nodiscard]] std::vector<SlowPath> slowest(const run::Run& run, std::int64_t zero_ns);
}  // namespace headroom::analyze
