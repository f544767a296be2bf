#include "load/result.h"

#include <algorithm>

namespace headroom::load {
void ErrorSeen::merge(const ErrorSeen& other) {
  count += other.count;
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

void Stats::merge(const Stats& other) {
  requests += other.requests;
  failures += other.failures;
  unconnected += other.unconnected;
  response_bytes += other.response_bytes;
  latency.merge(other.latency);
  slo_latency.merge(other.slo_latency);
  service.merge(other.service);
  lag.merge(other.lag);
  connect_ns += other.connect_ns;
  with_server += other.with_server;
  with_server_service_ns += other.with_server_service_ns;
  for (std::size_t i = 0; i < telemetry::kStages; ++i) server_ns[i] += other.server_ns[i];
  for (const auto& [name, seen] : other.errors) errors[name].merge(seen);
}
}  // namespace headroom::load
