// The system's clocks. Loops read them and hand the Instant down; nothing below io/ does.
#pragma once
#include <time.h>

#include <chrono>

#include "base/time.h"

namespace headroom::io {
[[nodiscard]] inline Instant now() { return std::chrono::steady_clock::now(); }
[[nodiscard]] inline WallTime wall_now() { return std::chrono::system_clock::now(); }
/// CPU time that the calling thread has used. A system call: not for every request.
[[nodiscard]] inline Duration thread_cpu() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}
/// Both clocks at (nearly) once. Taken at the start of a process and kept.
[[nodiscard]] inline ClockAnchor anchor() { return {now(), wall_now()}; }
}  // namespace headroom::io
