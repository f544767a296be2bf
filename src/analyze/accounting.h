// Where a step's mean latency went: every millisecond in exactly one named cell, and two laws that hold the measurement to account.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stats/histogram.h"
#include "telemetry/stage.h"

namespace headroom::analyze {
/// generator_lag: intended → sent, the generator's own. connect: the connection's set-up. network: what of the service time the
/// server did not see (wires, kernels, balancer). Then, a cell each, the server's stages. unexplained: the rest, shown and never spread.
enum class Cell : std::uint8_t { generator_lag, connect, network, unexplained = 3 + telemetry::kStages };

inline constexpr std::size_t kFirstStageCell = 3;
inline constexpr std::size_t kCells = static_cast<std::size_t>(Cell::unexplained) + 1;
inline constexpr std::array<std::string_view, kCells> kCellNames = [] {
  std::array<std::string_view, kCells> names{"generator_lag", "connect", "network"};
  for (std::size_t i = 0; i < telemetry::kStages; ++i) names[kFirstStageCell + i] = telemetry::kStageNames[i];
  names.back() = "unexplained";
  return names;
}();

using Stages = std::array<double, telemetry::kStages>;

/// Sums over all requests of a step's steady part, in nanoseconds.
struct ClientSums {
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  double latency = 0, service = 0, lag = 0, connect = 0;
  std::uint64_t with_server = 0;  // requests whose answer carried Server-Timing
  double with_server_service = 0;
  Stages server{};  // over those
  stats::Histogram latency_histogram;
  stats::Histogram slo_latency;  // failed requests as the timeout
};

/// The same as servers saw it (their run rows of the same time), for stages that Server-Timing does not carry.
struct ServerSums {
  std::uint64_t requests = 0;
  Stages stages{};
  double predict_cpu = 0;  // nanoseconds, over predict_cpu_n requests
  std::uint64_t predict_cpu_n = 0;
};

/// Milliseconds per request. The cells sum to mean_ms (to rounding), for `unexplained` is defined as what is left.
struct Accounting {
  double mean_ms = 0;
  std::array<double, kCells> cells{};
  bool server_known = false;  // false: neither Server-Timing nor server rows, so the whole service time is unexplained
  /// |mean of the latency histogram - mean of the sums|: two records of the same thing.
  double bookkeeping_error_ms = 0;

  [[nodiscard]] double operator[](Cell cell) const { return cells[static_cast<std::size_t>(cell)]; }
  [[nodiscard]] double operator[](telemetry::Stage stage) const { return cells[kFirstStageCell + static_cast<std::size_t>(stage)]; }
  [[nodiscard]] double server_ms() const;
  /// |unexplained| / mean; 0 for an empty step.
  [[nodiscard]] double residual_share() const;
};

/// A stage that Server-Timing lacks (its sum is 0) is taken from the server's own rows. Requests without an answer have no server
/// part: their service time is unexplained. A negative network (clocks, rounding) is 0, and the residual shows it.
[[nodiscard]] Accounting account(const ClientSums& client, const ServerSums& server);

/// Little's law over a window: requests in flight, once counted and once as rate × latency. Any boundary, always true: a
/// difference is a fault of clocks, of sampling, or of the window's edges.
struct Little {
  bool known = false;        // needs a sample of every request
  double in_flight = 0;      // time average
  double rate_times_latency = 0;
  [[nodiscard]] double residual_share() const;
};

/// The interactive response time law of a closed loop, users = rate · (latency + think): the think time of a base step predicts
/// the rate of the others.
struct ClosedLoop {
  bool known = false;
  double think_ms = 0;        // users / rate - latency of this step
  double expected_rps = 0;    // users / (base think + base latency): the rate if nothing had become slower
};
}  // namespace headroom::analyze
