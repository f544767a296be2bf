#include "io/thread_clock.h"

#include <sys/prctl.h>
#include <time.h>

#include <charconv>
#include <cstdint>
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

std::optional<Duration> own_throttled_time() {
  const auto mount = find_cpu_hierarchy();
  if (mount.mount_point.empty()) return std::nullopt;
  const std::string text = read_small(mount.mount_point + (mount.own_path == "/" ? "" : mount.own_path) + "/cpu.stat");
  if (const auto us = number_behind(text, "throttled_usec ")) return std::chrono::microseconds(*us);
  if (const auto ns = number_behind(text, "throttled_time ")) return Duration(*ns);
  return std::nullopt;
}
}  // namespace headroom::io
