// How fast and how far: rate limits from recent scale events, then min and max.
#pragma once
#include <cstdint>
#include <vector>

#include "hpa/spec.h"
#include "hpa/state.h"

namespace headroom::hpa {
enum class Limit : std::uint8_t { within_range, scale_up_limit, scale_down_limit, too_many, too_few };
[[nodiscard]] const char* reason(Limit limit);   // "DesiredWithinRange", …
[[nodiscard]] const char* message(Limit limit);

struct Limited {
  std::int32_t replicas = 0;
  Limit limit = Limit::within_range;
};
struct Bounds {
  std::int32_t min = 1;
  std::int32_t max = 1;
};

/// Without behavior: at most max(factor * current, floor) in one pass.
[[nodiscard]] Limited limit_plain(std::int32_t current, std::int32_t wanted, Bounds bounds, const Controller& controller);

/// The most (fewest) replicas that the rules allow now. A period starts from current - (what was added in it) + (what was removed).
[[nodiscard]] std::int32_t scale_up_limit(std::int32_t current, const Memory& memory, const Rules& rules, Instant now);
[[nodiscard]] std::int32_t scale_down_limit(std::int32_t current, const Memory& memory, const Rules& rules, Instant now);
/// With behavior.
[[nodiscard]] Limited limit_rate(std::int32_t current, std::int32_t wanted, Bounds bounds, const Behavior& behavior,
                                 const Memory& memory, Instant now);

/// Notes a successful change. Events older than the longest period of that direction's policies are marked, and one is reused.
void store_event(Memory& memory, const Behavior& behavior, std::int32_t from, std::int32_t to, Instant at);
}  // namespace headroom::hpa
