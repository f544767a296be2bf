// The open loop: when requests are meant to be sent, whatever the server does.
#pragma once
#include <cstdint>
#include <optional>

#include "base/rng.h"
#include "base/time.h"
#include "base/units.h"

namespace headroom::workload {
enum class ArrivalKind : std::uint8_t { poisson, uniform };

/// Intended send times within [start, end), ascending. Poisson: independent exponential gaps; uniform: equal gaps, the first at start.
/// The same arguments and seed give the same times on every machine.
class Schedule {
 public:
  Schedule(ArrivalKind kind, Rate rate, Instant start, Instant end, Rng rng)
      : kind_(kind), rate_(rate), start_(start), end_(end), rng_(rng) {}

  /// The next intended time, or the end.
  [[nodiscard]] std::optional<Instant> next() {
    if (kind_ == ArrivalKind::poisson) {
      offset_ += rng_.exponential() / rate_.per_second;
    } else {
      offset_ = static_cast<double>(index_++) / rate_.per_second;  // from the index, so that nothing drifts
    }
    if (offset_ >= seconds(end_ - start_)) return std::nullopt;
    return start_ + from_seconds(offset_);
  }

 private:
  ArrivalKind kind_;
  Rate rate_;
  Instant start_;
  Instant end_;
  Rng rng_;
  double offset_ = 0;  // seconds after start_; 53 bits hold nanoseconds for 100 days
  std::uint64_t index_ = 0;
};
}  // namespace headroom::workload
