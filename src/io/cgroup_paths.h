// Where the kernel's control groups are mounted and which of them this process is in: read from /proc/self.
#pragma once
#include <string>
#include <string_view>

namespace headroom::io {
struct CgroupMount {
  std::string mount_point;  // "/sys/fs/cgroup/cpu"; empty = there is none
  std::string own_path;     // this process's group below it, "/" or "/a/b"
  bool v2 = false;
};

/// The hierarchy that holds `controller` ("cpu", "cpuacct", "memory"): a v1 mount with it, else the unified one (whether that has
/// the controller enabled is seen only in its files). Pure; the texts are /proc/self/mountinfo and /proc/self/cgroup.
[[nodiscard]] CgroupMount find_hierarchy(std::string_view controller, std::string_view mountinfo, std::string_view own_groups);

/// The one of this process that limits CPU.
[[nodiscard]] CgroupMount find_cpu_hierarchy();
[[nodiscard]] CgroupMount find_hierarchy(std::string_view controller);

/// A small text file of /proc or /sys, at most 1 MiB; empty when it cannot be read.
[[nodiscard]] std::string read_small(const std::string& path);
}  // namespace headroom::io
