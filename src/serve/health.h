// What /health, /livez and /readyz say.
#pragma once
#include <cstdint>

#include "base/time.h"
#include "http/byte_buffer.h"
#include "serve/served_model.h"

namespace headroom::serve {
enum class Health : std::uint8_t { healthy, draining, unhealthy };

struct HealthCheck {
  Health health = Health::healthy;
  Duration check{};   // how long the row took
  Duration uptime{};
};

/// 200 for healthy, else 503.
[[nodiscard]] std::uint16_t status_of(Health health);
void append_health(http::ByteBuffer& out, const ServedModel& served, const HealthCheck& check);
}  // namespace headroom::serve
