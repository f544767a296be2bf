// What the HPA sees of local replicas: the metrics pipeline of a cluster (kubelet, then metrics-server), and who must go first.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/time.h"
#include "hpa/observation.h"

namespace headroom::scale {
/// Times are controller time. A container's usage reaches the HPA as in a cluster: the kubelet refreshes its counters each 10 s,
/// metrics-server takes the newest point each 15 s and keeps two; CPU is the difference of the two, memory the newer one.
/// A container younger than that has no sample, unless its first point is 10 to 15 s old: then its start is the older point.
/// Source: metrics-server, pkg/storage.
class MetricsPipeline {
 public:
  struct Point {
    Instant start{};  // of the container; another start drops the older points
    Instant at{};
    Duration cpu{};   // used since start, real CPU time
    std::uint64_t memory_bytes = 0;
  };
  /// time_scale: controller seconds in one real second; CPU shares are of real time.
  explicit MetricsPipeline(double time_scale) : time_scale_(time_scale) {}

  void refresh(const std::string& pod, const Point& point) { kubelet_[pod] = point; }
  void scrape();
  void forget(const std::string& pod);
  /// One item for each pod that has two points. container: the name of the one container that is measured.
  [[nodiscard]] std::vector<hpa::PodUsage> usage(const std::string& container) const;

 private:
  struct Pair {
    std::optional<Point> older;
    Point newer;
  };
  double time_scale_;
  std::map<std::string, Point> kubelet_;
  std::map<std::string, Pair> stored_;
};

inline constexpr Duration kKubeletPeriod = std::chrono::seconds(10);
inline constexpr Duration kScrapePeriod = std::chrono::seconds(15);

/// A replica as the ReplicaSet controller ranks it for deletion.
struct Rank {
  bool running = false;  // its process exists
  bool ready = false;
  Instant ready_since{};
  int restarts = 0;
  Instant created{};
};
/// Indexes of the `count` that go first: not running before running, not ready before ready, then those ready for the shorter
/// time, those with more restarts, the younger ones. (Upstream compares the time in powers of two; with few replicas on one
/// machine we compare it exactly, so that the same run makes the same choice.)
[[nodiscard]] std::vector<std::size_t> victims(const std::vector<Rank>& replicas, std::size_t count);

/// Back-off before the n-th restart (from 1) of a replica that ended by itself: at once, then 10 s doubling to 5 min, as the kubelet.
[[nodiscard]] Duration restart_delay(int restart);
}  // namespace headroom::scale
