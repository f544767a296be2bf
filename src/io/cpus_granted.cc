#include <sched.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

#include "io/cgroup.h"
#include "io/cgroup_paths.h"

namespace headroom::io {
namespace {
/// cpu.max is "QUOTA PERIOD" or "max PERIOD".
double cores_of_v2(const std::string& directory) {
  const std::string text = read_small(directory + "/cpu.max");
  long long quota = 0;
  long long period = 0;
  if (std::sscanf(text.c_str(), "%lld %lld", &quota, &period) != 2 || quota <= 0 || period <= 0) return 0;
  return static_cast<double>(quota) / static_cast<double>(period);
}

double cores_of_v1(const std::string& directory) {
  long long quota = 0;
  long long period = 0;
  if (std::sscanf(read_small(directory + "/cpu.cfs_quota_us").c_str(), "%lld", &quota) != 1 || quota <= 0) return 0;
  if (std::sscanf(read_small(directory + "/cpu.cfs_period_us").c_str(), "%lld", &period) != 1 || period <= 0) return 0;
  return static_cast<double>(quota) / static_cast<double>(period);
}
}  // namespace

int cpus_granted() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  double cores = ::sched_getaffinity(0, sizeof(mask), &mask) == 0 ? CPU_COUNT(&mask) : 1;
  const CgroupMount mount = find_cpu_hierarchy();
  std::string path = mount.own_path;
  while (!mount.mount_point.empty()) {
    const std::string directory = mount.mount_point + path;
    const double limit = mount.v2 ? cores_of_v2(directory) : cores_of_v1(directory);
    if (limit > 0) cores = std::min(cores, limit);
    if (path.empty() || path == "/") break;
    path.resize(path.rfind('/'));
  }
  return std::max(1, static_cast<int>(std::ceil(cores - 1e-9)));
}
}  // namespace headroom::io
