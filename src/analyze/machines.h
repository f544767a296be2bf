// What the processes and the autoscaler did during one step. Pure: rows of the run and a window in, one summary out.
#pragma once
#include <cstdint>

#include "analyze/steps.h"

namespace headroom::analyze {
/// Of a step: its beginning, where its steady part begins, its end. Nanoseconds, CLOCK_REALTIME.
struct Window {
  std::int64_t start = 0, steady = 0, end = 0;
};

/// 0 when `to` is not after `from`. Exact where the times of a stranger's file would overflow a signed difference.
[[nodiscard]] constexpr double nanoseconds_between(std::int64_t from, std::int64_t to) {
  return to > from ? static_cast<double>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from)) : 0;
}

/// rps: requests a second of the step, for figures per request. A pod counts with its samples within the steady part (two at
/// least); one counter that runs backwards (a restarted process of the same name) makes that pod's figures 0.
[[nodiscard]] Cpu cpu_of(const run::Run& run, const Window& window, double rps);
[[nodiscard]] GeneratorUse generator_of(const run::Run& run, int step, const Window& window);
/// Ready replicas at the step's beginning and end, by their events; without events the replicas that recorded something.
[[nodiscard]] Replicas replicas_of(const run::Run& run, const Window& window);
}  // namespace headroom::analyze
