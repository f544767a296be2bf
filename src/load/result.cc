#include "load/result.h"

namespace headroom::load {
void Stats::merge(const Stats& other) {
  requests += other.requests;
  failures += other.failures;
  response_bytes += other.response_bytes;
  latency.merge(other.latency);
  slo_latency.merge(other.slo_latency);
  service.merge(other.service);
  lag.merge(other.lag);
  connect_ns += other.connect_ns;
  with_server += other.with_server;
  with_server_service_ns += other.with_server_service_ns;
  for (std::size_t i = 0; i < telemetry::kStages; ++i) server_ns[i] += other.server_ns[i];
  for (const auto& [name, count] : other.errors) errors[name] += count;
}
}  // namespace headroom::load
