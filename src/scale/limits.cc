#include "scale/limits.h"

namespace headroom::scale {
expected<LimitKeeper, Failure> LimitKeeper::make(Enforcement wanted, const io::CgroupLimits& limits) {
  LimitKeeper keeper;
  keeper.limits_ = limits;
  if (wanted == Enforcement::none) {
    keeper.limits_ = {};
    return keeper;
  }
  std::string why_not;
  if (wanted != Enforcement::emulated) keeper.tree_ = io::CgroupTree::find(why_not);
  if (!keeper.tree_ && wanted == Enforcement::cgroup) {
    return unexpected(Failure{ExitCode::refused, "CPU limits by cgroup are not possible here", why_not,
                              "run as root or in a delegated group, or let the limits be emulated (--limits emulated)"});
  }
  if (!keeper.tree_ && limits.cpu_cores > 0) keeper.budget_ = std::make_unique<io::CpuBudget>();
  return keeper;
}

const char* LimitKeeper::name() const {
  if (tree_) return tree_->version();
  return budget_ ? "emulated" : "none";
}

expected<std::optional<io::Cgroup>, Failure> LimitKeeper::group_for(const std::string& replica) {
  if (!tree_) return std::optional<io::Cgroup>();
  auto group = tree_->create(replica, limits_);
  if (!group) {
    return unexpected(Failure{ExitCode::refused, "the limits of " + replica + " could not be set", group.error().message,
                              "--limits emulated does without cgroups"});
  }
  return std::optional<io::Cgroup>(std::move(*group));
}

void LimitKeeper::started(const io::Process& process) {
  if (budget_) budget_->add(process.pid(), limits_.cpu_cores);
}

void LimitKeeper::ended(const io::Process& process) {
  if (budget_) budget_->remove(process.pid());
}

Usage LimitKeeper::usage(const io::Process& process, const std::optional<io::Cgroup>& group) const {
  if (group) {
    const io::CgroupUsage used = group->usage();
    return {used.cpu, used.throttled, used.periods, used.throttled_periods,
            used.memory_bytes > 0 ? used.memory_bytes : process.usage().memory_bytes};
  }
  const io::ProcessUsage used = process.usage();
  const io::BudgetCounters counters = budget_ ? budget_->counters(process.pid()) : io::BudgetCounters{};
  return {used.cpu, counters.throttled, counters.periods, counters.throttled_periods, used.memory_bytes};
}
}  // namespace headroom::scale
