// Request records → one row a second and route, for the run file.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "stats/histogram.h"
#include "telemetry/request_record.h"

namespace headroom::telemetry {
/// All requests of one route that ended in one second, never sampled. Durations are sums in nanoseconds.
struct RouteSecond {
  std::int64_t t_ns = 0;  // start of the second, CLOCK_REALTIME, a whole second
  Route route = Route::other;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // 5xx
  std::uint64_t shed = 0;    // 429, 503
  std::array<std::int64_t, kStages> stage_ns{};
  std::int64_t predict_cpu_ns = 0;  // over the requests where it was measured
  std::uint64_t predict_cpu_n = 0;
  std::int64_t total_ns = 0;
  std::uint32_t in_flight_max = 0;
  stats::Histogram total{};
};

/// Not thread-safe. Holds at most kOpenSeconds seconds; records that come later than that make another row of the same second.
class SecondAggregator {
 public:
  static constexpr std::size_t kOpenSeconds = 4;
  void add(const RequestRecord& record);
  /// The seconds that ended at least one second before now_ns (records still arrive from the rings), oldest first.
  [[nodiscard]] std::vector<RouteSecond> take_finished(std::int64_t now_ns);
  [[nodiscard]] std::vector<RouteSecond> take_all();

 private:
  [[nodiscard]] std::vector<RouteSecond> take_before(std::int64_t t_ns);
  std::map<std::pair<std::int64_t, Route>, RouteSecond> open_;
  std::vector<RouteSecond> overdue_;
};
}  // namespace headroom::telemetry
