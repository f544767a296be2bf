// Whether a request is let in. Pure: state, deadline and time in, verdict out.
#pragma once
#include <cstdint>

#include "base/time.h"

namespace headroom::serve {
/// One thread's queue as it is when a request's turn comes.
struct QueueState {
  std::uint32_t waiting = 0;  // requests behind this one, their bytes already there
  std::uint32_t limit = 0;    // --queue-limit; 0 = none
};

enum class Admission : std::uint8_t {
  admitted,
  queue_full,  // 503: more wait than the limit; the newest goes, so that those before it are served in time
  too_late,    // 503: its sender has given up, or will have by the time of the answer
};

/// deadline: arrival + --timeout.
[[nodiscard]] constexpr Admission admit(const QueueState& queue, Instant deadline, Instant now) {
  if (now > deadline) return Admission::too_late;
  if (queue.limit != 0 && queue.waiting > queue.limit) return Admission::queue_full;
  return Admission::admitted;
}
}  // namespace headroom::serve
