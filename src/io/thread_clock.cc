#include "io/thread_clock.h"

#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>

#include "io/cgroup_paths.h"

namespace headroom::io {
namespace {
// The number behind "key " in a file of "key number" lines.
std::optional<std::int64_t> number_behind(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  std::int64_t value = 0;
  const char* from = text.data() + at + key.size();
  return std::from_chars(from, text.data() + text.size(), value).ec == std::errc() ? std::optional(value) : std::nullopt;
}
}  // namespace

Duration thread_cpu_time() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + Duration(used.tv_nsec);
}

// "ran_ns waited_ns timeslices"
std::optional<Duration> thread_wait_time() {
  const std::string text = read_small("/proc/thread-self/schedstat");
  const auto waited = number_behind(text, " ");
  return waited ? std::optional(Duration(*waited)) : std::nullopt;
}

void make_waits_exact() { ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); }

// "cpu  USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL …", the first line (proc(5)); guests are in USER.
std::optional<MachineTime> read_machine_time(std::string_view stat) {
  constexpr std::string_view kHead = "cpu ";
  constexpr std::size_t kFields = 8, kIdle = 3, kWaiting = 4;
  if (!stat.starts_with(kHead)) return std::nullopt;
  const char* at = stat.data() + kHead.size();
  const char* const end = stat.data() + stat.size();
  MachineTime time;
  for (std::size_t i = 0; i < kFields; ++i) {
    while (at < end && *at == ' ') ++at;
    std::uint64_t ticks = 0;
    const auto read = std::from_chars(at, end, ticks);
    if (read.ec != std::errc()) return std::nullopt;
    at = read.ptr;
    time.all += ticks;
    if (i != kIdle && i != kWaiting) time.busy += ticks;
  }
  return time;
}
std::optional<MachineTime> machine_time() { return read_machine_time(read_small("/proc/stat")); }

double busy_share(const MachineTime& from, const MachineTime& to) {
  constexpr std::uint64_t kFewTicks = 20;   // of 10 ms
  if (to.all < from.all + kFewTicks || to.busy < from.busy) return std::numeric_limits<double>::quiet_NaN();
  return std::min(1.0, static_cast<double>(to.busy - from.busy) / static_cast<double>(to.all - from.all));
}

std::optional<Duration> own_throttled_time() {
  const auto mount = find_cpu_hierarchy();
  if (mount.mount_point.empty()) return std::nullopt;
  const std::string text = read_small(mount.mount_point + (mount.own_path == "/" ? "" : mount.own_path) + "/cpu.stat");
  if (const auto us = number_behind(text, "throttled_usec ")) return std::chrono::microseconds(*us);
  if (const auto ns = number_behind(text, "throttled_time ")) return Duration(*ns);
  return std::nullopt;
}
}  // namespace headroom::io
