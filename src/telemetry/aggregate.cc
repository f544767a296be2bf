#include "telemetry/aggregate.h"

#include <algorithm>
#include <limits>

namespace headroom::telemetry {
namespace {
constexpr std::int64_t kSecond = 1'000'000'000;
}

void SecondAggregator::add(const RequestRecord& record) {
  const std::int64_t end = record.start_ns + record.total_ns;
  const std::int64_t t = end - end % kSecond;
  RouteSecond& second = open_[{t, record.route}];
  second.t_ns = t;
  second.route = record.route;
  ++second.requests;
  second.errors += record.status >= 500 ? 1 : 0;
  second.shed += record.status == 429 || record.status == 503 ? 1 : 0;
  for (std::size_t i = 0; i < kStages; ++i) second.stage_ns[i] += record.stage_ns[i];
  if (record.predict_cpu_ns >= 0) {
    second.predict_cpu_ns += record.predict_cpu_ns;
    ++second.predict_cpu_n;
  }
  second.total_ns += record.total_ns;
  second.in_flight_max = std::max(second.in_flight_max, record.in_flight);
  second.total.add(record.total_ns);
  // A clock that was set, or a producer that slept: the oldest goes out early and may get a second row.
  if (open_.size() > kOpenSeconds * kRoutes) {
    overdue_.push_back(std::move(open_.begin()->second));
    open_.erase(open_.begin());
  }
}

std::vector<RouteSecond> SecondAggregator::take_before(std::int64_t t_ns) {
  std::vector<RouteSecond> taken = std::exchange(overdue_, {});
  while (!open_.empty() && open_.begin()->first.first < t_ns) {
    taken.push_back(std::move(open_.begin()->second));
    open_.erase(open_.begin());
  }
  return taken;
}

std::vector<RouteSecond> SecondAggregator::take_finished(std::int64_t now_ns) { return take_before(now_ns - 2 * kSecond + 1); }
std::vector<RouteSecond> SecondAggregator::take_all() { return take_before(std::numeric_limits<std::int64_t>::max()); }
}  // namespace headroom::telemetry
