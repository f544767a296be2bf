// A run, step by step: what each load level asked for, what came of it, and what the machines did meanwhile.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analyze/accounting.h"
#include "run/rows.h"
#include "stats/slo.h"

namespace headroom::analyze {
/// CPU of the server's processes over the steady part, from their counters.
struct Cpu {
  bool known = false;
  double cores = 0;             // CPU seconds a second, all replicas
  double limit_cores = 0;       // what their limits allow together; 0 = no limit
  double pod_limit_cores = 0;   // of one pod; 0 = none
  double busiest_share = 0;     // of its limit, the busiest pod; 0 without limits
  double throttled_share = 0;   // throttled periods / periods
  double throttled_ms = 0;      // per request
  double us_per_request = 0;    // CPU demand
  double bytes_max = 0;         // resident, largest pod
  /// cores / limit; 0 without limits.
  [[nodiscard]] double utilization() const { return limit_cores > 0 ? cores / limit_cores : 0; }
  /// Whether its limit stops the pods often enough to be felt: in one period of twenty.
  [[nodiscard]] bool is_throttled() const { return throttled_share >= 0.05; }
};

/// The generator on itself over the steady part.
struct GeneratorUse {
  bool known = false;
  double thread_share = 0;   // CPU seconds a second and thread, mean
  double cores = 0;
  double lag_p99_ms = 0;     // largest of the seconds' p99
  double throttled_share = -1;  // of the time; -1 = not readable
  std::uint64_t dropped = 0;
  double machine_busy = -1;     // share of all CPUs, whoever used them, mean; -1 = not recorded
};

/// Replicas through the step. -1 = not recorded.
struct Replicas {
  int from = -1;
  int to = -1;
  int desired = -1;     // by the HPA's last pass
  bool hpa = false;     // an HPA was at work
  bool at_max = false;  // it said that it wanted more than its maximum (TooManyReplicas)
  double short_share = 0;  // of the HPA's passes in the steady part: fewer ready than desired
};

struct StepRow {
  int id = 0;
  std::string part;
  std::string label;
  int users = 0;
  double rate = 0;
  std::int64_t start_ns = 0, steady_ns = 0, end_ns = 0;
  double seconds = 0;  // steady, counted; 0 = nothing was counted
  std::uint64_t requests = 0, failures = 0;
  double rps = 0;
  double mean_ms = 0, p50_ms = 0, p95_ms = 0, p99_ms = 0, max_ms = 0;
  double success = 0;  // 0 … 1
  Accounting accounting;
  Little little;
  ClosedLoop closed;
  Cpu cpu;
  double predict_cpu_us = 0;  // thread CPU time of the predict stage; 0 = not measured
  GeneratorUse generator;
  Replicas replicas;
  std::vector<stats::SloOutcome> slo;
  std::string error;  // the commonest failure, over the whole step
  std::uint64_t error_count = 0;
  double slo_ms = 0;  // smallest latency limit; 0 = none
  // Filled by judge_steps():
  std::vector<std::string> broke;  // why this level is not held; empty = it is
  std::string cause;               // of finding names; "none" = held

  [[nodiscard]] double asked_rps() const { return rate > 0 ? rate : closed.expected_rps; }
  [[nodiscard]] bool counted() const { return seconds > 0 && requests > 0; }
};

/// Steps of one part of an experiment, in their order.
struct Part {
  std::string name;
  std::vector<StepRow> steps;
};

/// Reads all of the run's tables once. Steps without a steady second are kept, with requests == 0.
[[nodiscard]] std::vector<Part> read_parts(const run::Run& run, const stats::Slo& slo);

/// A level breaks when it misses the SLO, or fails more than 1 % of its requests, or gives less than 90 % of the rate asked for.
/// Without an SLO also when its p95 is above 100 ms and ten times the first step's. Fills StepRow::broke and `closed`.
void judge_steps(Part& part, const stats::Slo& slo);
}  // namespace headroom::analyze
