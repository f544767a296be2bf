// Time as types. An Instant is a reading of a monotonic clock that somebody else made; nothing here reads a clock.
#pragma once
#include <chrono>
#include <cstdint>

namespace headroom {
using Duration = std::chrono::nanoseconds;

/// A point on the monotonic clock (CLOCK_MONOTONIC on this machine; any zero in tests). Comparable only within one machine.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// A point on the wall clock: nanoseconds since 1970-01-01T00:00:00Z (CLOCK_REALTIME).
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

/// One reading of both clocks, taken together once per process, so that every Instant of it has a wall time that never jumps.
struct ClockAnchor {
  Instant instant;
  WallTime wall;
  [[nodiscard]] constexpr WallTime to_wall(Instant t) const { return wall + (t - instant); }
};

[[nodiscard]] constexpr std::int64_t nanoseconds(Duration d) { return d.count(); }
[[nodiscard]] constexpr double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
[[nodiscard]] constexpr double milliseconds(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }
/// Rounds toward zero; the caller keeps |s| below 2^63 ns (292 years).
[[nodiscard]] constexpr Duration from_seconds(double s) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s));
}
}  // namespace headroom
