#include "scale/podmodel.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace headroom::scale {
void MetricsPipeline::scrape() {
  for (const auto& [pod, point] : kubelet_) {
    const auto found = stored_.find(pod);
    if (found == stored_.end() || found->second.newer.start != point.start) {
      Pair pair{std::nullopt, point};
      const Duration age = point.at - point.start;
      if (age >= std::chrono::seconds(10) && age < kScrapePeriod) pair.older = Point{point.start, point.start, {}, 0};
      stored_[pod] = pair;
    } else if (found->second.newer.at != point.at) {
      found->second = Pair{found->second.newer, point};
    }
  }
}

void MetricsPipeline::forget(const std::string& pod) {
  kubelet_.erase(pod);
  stored_.erase(pod);
}

std::vector<hpa::PodUsage> MetricsPipeline::usage(const std::string& container) const {
  std::vector<hpa::PodUsage> items;
  for (const auto& [pod, pair] : stored_) {
    if (!pair.older) continue;
    const Duration window = pair.newer.at - pair.older->at;
    const double real_seconds = seconds(window) / time_scale_;
    const auto used = static_cast<double>((pair.newer.cpu - pair.older->cpu).count());
    hpa::ContainerUsage usage{container, static_cast<std::int64_t>(std::llround(std::max(0.0, used / real_seconds))),
                              static_cast<std::int64_t>(pair.newer.memory_bytes)};
    items.push_back({pod, pair.newer.at, window, {std::move(usage)}});
  }
  return items;
}

std::vector<std::size_t> victims(const std::vector<Rank>& replicas, std::size_t count) {
  std::vector<std::size_t> order(replicas.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) {
    const Rank& rank = replicas[i];
    return std::tuple(rank.running, rank.ready, -rank.ready_since.time_since_epoch().count(), -rank.restarts,
                      -rank.created.time_since_epoch().count());
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  order.resize(std::min(count, order.size()));
  return order;
}

Duration restart_delay(int restart) {
  if (restart <= 1) return {};
  return std::min<Duration>(std::chrono::seconds(10) * (1LL << std::min(restart - 2, 10)), std::chrono::minutes(5));
}
}  // namespace headroom::scale
