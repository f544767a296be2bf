// What a thread has used and how exactly it is woken: how a load generator watches itself.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace headroom::io {
/// CPU time of the calling thread.
[[nodiscard]] Duration thread_cpu_time();
/// How long the calling thread could have run but had to wait for a CPU, since its start; nullopt where the kernel does not say.
[[nodiscard]] std::optional<Duration> thread_wait_time();
/// From now on the calling thread's timed waits end when they should, not up to 50 µs later (the kernel's default slack).
void make_waits_exact();
/// The CPU time of all the machine's CPUs since it started, in ticks: what anybody used or its host took away (steal), and all of it.
struct MachineTime {
  std::uint64_t busy = 0, all = 0;
};
/// Of the text of /proc/stat; nullopt if it is none.
[[nodiscard]] std::optional<MachineTime> read_machine_time(std::string_view stat);
/// nullopt where /proc/stat is not readable.
[[nodiscard]] std::optional<MachineTime> machine_time();
/// The busy share of the time between two of them; NaN if it is too short to say.
[[nodiscard]] double busy_share(const MachineTime& from, const MachineTime& to);
/// How long this process's cgroup has been throttled by its CPU quota; nullopt where that is not readable.
[[nodiscard]] std::optional<Duration> own_throttled_time();
}  // namespace headroom::io
