// CPU and memory limits of a child process as the kernel enforces them for a pod's container: cgroup v2, or v1 where that is mounted.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/time.h"

namespace headroom::io {
/// How many CPUs this process may really use, rounded up, at least 1: the smallest of its affinity mask and the CPU quotas of
/// its cgroup and of every cgroup above (v2 or v1). Reads /proc and /sys; not for hot paths.
[[nodiscard]] int cpus_granted();

/// A CFS bandwidth limit as the kernel takes it. The kernel's minimum quota is 1 ms and its maximum period 1 s.
struct CpuQuota {
  Duration quota;
  Duration period;
  [[nodiscard]] double cores() const { return seconds(quota) / seconds(period); }
};
/// The limit of `cores` as the kubelet writes it (period 100 ms), but with a longer period where the quota would fall below the
/// kernel's 1 ms: 0.005 cores are 1 ms in 200 ms. The kubelet itself rounds such limits up to 1 ms in 100 ms.
/// cores > 0. Below 0.001 cores the result is 0.001.
[[nodiscard]] CpuQuota cpu_quota(double cores);

struct CgroupLimits {
  double cpu_cores = 0;            // 0 = no limit
  std::uint64_t memory_bytes = 0;  // 0 = no limit
};

/// Counters since the group was made.
struct CgroupUsage {
  Duration cpu{};
  Duration throttled{};
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  std::uint64_t memory_bytes = 0;  // working set as the kubelet counts it: usage without inactive file cache
};

struct CgroupError {
  std::string message;  // "cannot write /sys/fs/cgroup/cpu/…: Permission denied"
};

/// One replica's group. Removed by the destructor, which is right only when no process is left in it. Movable, one owner, one thread.
class Cgroup {
 public:
  Cgroup(Cgroup&&) noexcept;
  Cgroup& operator=(Cgroup&&) noexcept;
  ~Cgroup();
  /// Open descriptors of the cgroup.procs files; a child writes "0" to each between fork and exec (process.h: join).
  [[nodiscard]] std::vector<int> join_descriptors() const;
  [[nodiscard]] CgroupUsage usage() const;

 private:
  friend class CgroupTree;
  struct Impl;
  explicit Cgroup(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Where this process may make groups. Its own parent group is called headroom-PID; those of processes that are gone (killed
/// before they could clean up) are removed by find().
class CgroupTree {
 public:
  /// nullopt when no hierarchy with CPU quotas is there or none lets us write; `why_not` says so in a clause.
  static std::optional<CgroupTree> find(std::string& why_not);
  CgroupTree(CgroupTree&&) noexcept;
  CgroupTree& operator=(CgroupTree&&) noexcept;
  ~CgroupTree();  // removes headroom-PID
  /// "cgroup v1" or "cgroup v2".
  [[nodiscard]] const char* version() const;
  /// name: letters, digits, '-'. Memory is limited only where that controller is there; CPU always, or an error.
  [[nodiscard]] expected<Cgroup, CgroupError> create(const std::string& name, const CgroupLimits& limits);

 private:
  struct Impl;
  explicit CgroupTree(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::io
