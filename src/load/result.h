// What a load run measured. Three times of each request, all kept: latency = done - intended (the user's view, free of coordinated
// omission; our summary and every SLO term), service time = done - sent (Locust's "response time"), send lag = sent - intended
// (the generator's own fault). docs/statistics.md explains each.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "stats/histogram.h"
#include "stats/slo.h"
#include "telemetry/stage.h"

namespace headroom::load {
/// How often a failure was met, and when first and last (at the failed requests' ends).
struct ErrorSeen {
  std::uint64_t count = 0;
  Instant first = Instant::max();
  Instant last = Instant::min();
  void merge(const ErrorSeen& other);
};

/// Counters and times of requests of one name, or of all. Failures are in every count and histogram.
struct Stats {
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  std::uint64_t unconnected = 0;  // of the failures: no connection could be made
  std::uint64_t response_bytes = 0;
  stats::Histogram latency;      // nanoseconds
  stats::Histogram slo_latency;  // latency, but failed requests count as at least the timeout, unfinished ones as their age
  stats::Histogram service;
  stats::Histogram lag;
  std::int64_t connect_ns = 0;  // sum over the requests that waited for a connection's set-up
  std::uint64_t with_server = 0;  // answers that carried Server-Timing
  std::int64_t with_server_service_ns = 0;  // sum of service time over those
  std::array<std::int64_t, telemetry::kStages> server_ns{};  // sums over those
  std::map<std::string, ErrorSeen> errors;  // by name: "timeout", "HTTP 503", "connection refused", …

  void merge(const Stats& other);
};

/// Not one connection could be made.
[[nodiscard]] inline bool never_connected(const Stats& stats) { return stats.requests > 0 && stats.unconnected == stats.requests; }

struct NamedStats {
  std::string method;
  std::string name;
  Stats stats;
};

/// The steady part of one step: after the last user of the step was spawned and the settling time (docs/statistics.md).
struct StepResult {
  int id = 0;
  std::string label;  // "150 users", "1000/s"
  int users = 0;      // asked; 0 in an open loop
  double rate = 0;    // asked; 0 in a closed loop
  Duration steady{};  // length of the steady part; 0 = the step ended before it began, then `stats` is empty
  std::vector<NamedStats> by_name;
  Stats stats;                          // all names
  std::vector<stats::SloOutcome> slo;   // empty without an SLO
  bool slo_met = true;
  bool generator_limited = false;
  std::vector<std::string> generator_reasons;

  [[nodiscard]] double rps() const { return steady > Duration::zero() ? static_cast<double>(stats.requests) / seconds(steady) : 0; }
};

/// Whether the generator itself can be believed, over the steady parts.
struct Generator {
  bool limited = false;
  std::vector<std::string> reasons;  // "its thread used 97 % of a core", "p99 send lag 12 ms of 14 ms latency"
  double cpu_share = 0;              // CPU seconds a second and thread, mean
  std::int64_t throttled_ns = -1;    // by its cgroup; -1 = not readable
};

struct Result {
  std::string url;
  ClockAnchor anchor;                // makes wall times of its Instants
  Duration duration{};               // first request to end
  int peak_users = 0;
  double rate = 0;                   // asked, largest; 0 in a closed loop
  std::vector<NamedStats> by_name;   // the whole run, ramps included, as Locust counts; by name, then method
  Stats total;                       // the whole run
  Stats steady;                      // the steady parts of all steps: what summary and SLO are about
  Duration steady_span{};
  std::vector<StepResult> steps;
  bool slo_met = true;               // in every step that has a steady part; false if an SLO was given and there is no such step
  bool slo_unjudged = false;         // that was why
  Generator generator;
  std::uint64_t unfinished = 0;      // in flight when the run ended
  Duration unfinished_oldest{};      // since its intended time
  std::uint64_t never_sent = 0;      // open loop: due, but every connection was busy up to the end
  std::uint64_t samples_dropped = 0;
  bool interrupted = false;
};
}  // namespace headroom::load
