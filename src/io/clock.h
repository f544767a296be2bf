// The system's clocks. Loops read them and hand the Instant down; nothing below io/ does.
#pragma once
#include <chrono>

#include "base/time.h"

namespace headroom::io {
[[nodiscard]] inline Instant now() { return std::chrono::steady_clock::now(); }
[[nodiscard]] inline WallTime wall_now() { return std::chrono::system_clock::now(); }
/// Both clocks at (nearly) once. Taken at the start of a process and kept.
[[nodiscard]] inline ClockAnchor anchor() { return {now(), wall_now()}; }
}  // namespace headroom::io
