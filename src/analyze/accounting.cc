#include "analyze/accounting.h"

#include <cmath>

namespace headroom::analyze {
namespace {
constexpr double kNsPerMs = 1e6;

/// Mean time of each stage over all requests of the client, in nanoseconds.
Stages stage_means(const ClientSums& client, const ServerSums& server) {
  Stages means{};
  const double answered = client.with_server > 0 ? static_cast<double>(client.with_server) / static_cast<double>(client.requests) : 1;
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (client.server[i] > 0) {
      means[i] = client.server[i] / static_cast<double>(client.requests);
    } else if (server.requests > 0) {
      means[i] = server.stages[i] / static_cast<double>(server.requests) * answered;
    }
  }
  return means;
}
}  // namespace

double Accounting::server_ms() const {
  double sum = 0;
  for (std::size_t i = 0; i < telemetry::kStages; ++i) sum += cells[kFirstStageCell + i];
  return sum;
}

double Accounting::residual_share() const { return mean_ms > 0 ? std::abs((*this)[Cell::unexplained]) / mean_ms : 0; }

Accounting account(const ClientSums& client, const ServerSums& server) {
  Accounting result;
  if (client.requests == 0) return result;
  const double n = static_cast<double>(client.requests);
  auto cell = [&result](Cell which) -> double& { return result.cells[static_cast<std::size_t>(which)]; };
  result.mean_ms = client.latency / n / kNsPerMs;
  if (client.latency_histogram.count() > 0) {
    result.bookkeeping_error_ms = std::abs(client.latency_histogram.mean() / kNsPerMs - result.mean_ms);
  }
  cell(Cell::generator_lag) = client.lag / n / kNsPerMs;
  cell(Cell::connect) = client.connect / n / kNsPerMs;
  result.server_known = client.with_server > 0 || server.requests > 0;
  if (result.server_known) {
    const Stages stages = stage_means(client, server);
    double server_ns = 0;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      server_ns += stages[i];
      result.cells[kFirstStageCell + i] = stages[i] / kNsPerMs;
    }
    // Without any Server-Timing the server's rows stand for every request.
    const double seen = client.with_server > 0 ? client.with_server_service : client.service;
    cell(Cell::network) = std::fmax(0, (seen - client.connect) / n - server_ns) / kNsPerMs;
  }
  double named = 0;
  for (const double ms : result.cells) named += ms;
  cell(Cell::unexplained) = result.mean_ms - named;
  return result;
}

double Little::residual_share() const {
  return rate_times_latency > 0 ? std::abs(in_flight - rate_times_latency) / rate_times_latency : 0;
}
}  // namespace headroom::analyze
