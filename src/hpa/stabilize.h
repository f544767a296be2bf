// The rolling memory of recommendations: nothing jumps to a number that the last minutes contradict.
#pragma once
#include <cstdint>
#include <vector>

#include "hpa/spec.h"
#include "hpa/state.h"

namespace headroom::hpa {
struct Stabilized {
  std::int32_t replicas = 0;
  std::vector<Recommendation> recommendations;  // the next memory: `wanted` added, one outdated entry reused
};

/// Without behavior: the highest of `wanted` and what was recommended within `window`. An entry exactly as old as the window counts.
[[nodiscard]] Stabilized stabilize(std::vector<Recommendation> past, std::int32_t wanted, Duration window, Instant now);

struct Windows {
  Duration up;
  Duration down;
};
/// With behavior, both directions at once: at least the lowest recommendation of the up window, at most the highest of the down
/// window, as near to `current` as these allow. An entry exactly as old as a window does not count.
[[nodiscard]] Stabilized stabilize(std::vector<Recommendation> past, std::int32_t wanted, std::int32_t current, Windows windows,
                                   Instant now);
}  // namespace headroom::hpa
