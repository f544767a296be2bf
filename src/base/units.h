// What people write for durations, sizes and rates, and the types it becomes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "base/time.h"

namespace headroom {
struct Rate {  // events per second, > 0
  double per_second = 0;
  [[nodiscard]] Duration interval() const { return from_seconds(1.0 / per_second); }
};
struct Bytes {
  std::uint64_t count = 0;
};

/// Why a text is no such quantity: a clause that names what is allowed ("a duration such as 250ms, 30s, 2m or 1h20m").
struct UnitError {
  std::string allowed;
};

/// "250ms" "30s" "2m" "1h20m" "1.5s" "0"; units ns us ms s m h d. Not negative, at most 100 years. A bare number is refused, but 0.
[[nodiscard]] expected<Duration, UnitError> parse_duration(std::string_view text);
/// "1048576" "64KiB" "1MiB" "512Mi" "2GB" "10k". Binary and decimal suffixes as Kubernetes and people write them.
[[nodiscard]] expected<Bytes, UnitError> parse_bytes(std::string_view text);
/// "1000/s" "60/m" "1000" (per second). Greater than 0.
[[nodiscard]] expected<Rate, UnitError> parse_rate(std::string_view text);

/// Shortest text with at most three significant digits: "1.25 ms", "350 µs", "2m 5s".
[[nodiscard]] std::string to_text(Duration duration);
/// "1.5 MiB".
[[nodiscard]] std::string to_text(Bytes bytes);
}  // namespace headroom
