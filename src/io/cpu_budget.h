// CPU limits where the kernel's are out of reach: a budget for each 100 ms, held with SIGSTOP and SIGCONT. Coarser than CFS
// bandwidth: the budget is looked at each millisecond, so a process may overrun by what it uses in one; the overrun is taken off
// its next periods, so the mean is right.
#pragma once
#include <cstdint>
#include <memory>

#include "base/time.h"

namespace headroom::io {
struct BudgetCounters {
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  Duration throttled{};
};

/// One thread that watches all limited processes. Functions may be called from any thread.
class CpuBudget {
 public:
  CpuBudget();
  ~CpuBudget();  // resumes those that are stopped
  /// pid: a child not yet reaped. cores > 0.
  void add(int pid, double cores);
  /// Before the child is reaped: afterwards the pid may belong to somebody else.
  void remove(int pid);
  [[nodiscard]] BudgetCounters counters(int pid) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::io
