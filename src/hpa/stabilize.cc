#include "hpa/stabilize.h"

#include <algorithm>
#include <utility>

namespace headroom::hpa {
namespace {
/// Upstream reuses the last outdated slot, so that the list stays as long as the window needs.
void remember(std::vector<Recommendation>& past, Recommendation latest, Recommendation* outdated) {
  if (outdated != nullptr) {
    *outdated = latest;
  } else {
    past.push_back(latest);
  }
}
}  // namespace

Stabilized stabilize(std::vector<Recommendation> past, std::int32_t wanted, Duration window, Instant now) {
  const Instant cutoff = now - window;
  std::int32_t highest = wanted;
  Recommendation* outdated = nullptr;
  for (auto& each : past) {
    if (each.at < cutoff) {
      outdated = &each;
    } else {
      highest = std::max(highest, each.replicas);
    }
  }
  remember(past, {wanted, now}, outdated);
  return {highest, std::move(past)};
}

Stabilized stabilize(std::vector<Recommendation> past, std::int32_t wanted, std::int32_t current, Windows windows, Instant now) {
  const Instant up_cutoff = now - windows.up;
  const Instant down_cutoff = now - windows.down;
  std::int32_t lowest = wanted;
  std::int32_t highest = wanted;
  Recommendation* outdated = nullptr;
  for (auto& each : past) {
    if (each.at > up_cutoff) lowest = std::min(lowest, each.replicas);
    if (each.at > down_cutoff) highest = std::max(highest, each.replicas);
    if (each.at < up_cutoff && each.at < down_cutoff) outdated = &each;
  }
  std::int32_t result = std::max(current, lowest);
  result = std::min(result, highest);
  remember(past, {wanted, now}, outdated);
  return {result, std::move(past)};
}
}  // namespace headroom::hpa
