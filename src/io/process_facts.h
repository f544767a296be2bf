// What the kernel says of this process, for /metrics.
#pragma once
#include "telemetry/prometheus.h"

namespace headroom::io {
/// Reads /proc/self; what cannot be read stays -1. For scrapes, not for hot paths.
[[nodiscard]] telemetry::ProcessFacts process_facts();
}  // namespace headroom::io
