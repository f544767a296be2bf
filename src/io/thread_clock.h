// What a thread has used and how exactly it is woken: how a load generator watches itself.
#pragma once
#include <optional>

#include "base/time.h"

namespace headroom::io {
/// CPU time of the calling thread.
[[nodiscard]] Duration thread_cpu_time();
/// How long the calling thread could have run but had to wait for a CPU, since its start; nullopt where the kernel does not say.
[[nodiscard]] std::optional<Duration> thread_wait_time();
/// From now on the calling thread's timed waits end when they should, not up to 50 µs later (the kernel's default slack).
void make_waits_exact();
/// How long this process's cgroup has been throttled by its CPU quota; nullopt where that is not readable.
[[nodiscard]] std::optional<Duration> own_throttled_time();
}  // namespace headroom::io
