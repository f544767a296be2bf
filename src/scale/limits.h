// Holds the pods' CPU and memory limits: cgroups where this machine lets us, else the emulated budget.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/expected.h"
#include "base/failure.h"
#include "io/cgroup.h"
#include "io/cpu_budget.h"
#include "io/process.h"
#include "scale/session.h"

namespace headroom::scale {
/// Counters of one replica since its process began.
struct Usage {
  Duration cpu{};
  Duration throttled{};
  std::uint64_t periods = 0, throttled_periods = 0;
  std::uint64_t memory_bytes = 0;
};

class LimitKeeper {
 public:
  /// limits: zeros mean none. Fails where cgroups are demanded and not to be had.
  static expected<LimitKeeper, Failure> make(Enforcement wanted, const io::CgroupLimits& limits);

  /// "cgroup v1", "cgroup v2", "emulated", "none".
  [[nodiscard]] const char* name() const;
  [[nodiscard]] const io::CgroupLimits& limits() const { return limits_; }
  /// A group for a replica; empty where there is none to join.
  [[nodiscard]] expected<std::optional<io::Cgroup>, Failure> group_for(const std::string& replica);
  /// After it has been spawned, and before it is reaped.
  void started(const io::Process& process);
  void ended(const io::Process& process);
  [[nodiscard]] Usage usage(const io::Process& process, const std::optional<io::Cgroup>& group) const;

 private:
  io::CgroupLimits limits_;
  std::optional<io::CgroupTree> tree_;
  std::unique_ptr<io::CpuBudget> budget_;
};
}  // namespace headroom::scale
