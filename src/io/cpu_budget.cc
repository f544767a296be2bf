#include "io/cpu_budget.h"

#include <algorithm>
#include <atomic>
#include <map>

#include "io/clock.h"
#include "io/process.h"
#include "io/thread.h"
#include "io/wait.h"

namespace headroom::io {
namespace {
constexpr Duration kPeriod = std::chrono::milliseconds(100);
constexpr Duration kLook = std::chrono::milliseconds(1);

struct Limited {
  Duration quota{};
  Duration balance{};   // what is left of this period; below zero: debt
  Duration cpu_seen{};
  Instant period_end{};
  Instant stopped_at{};
  bool stopped = false;
  BudgetCounters counters;
};

void begin_period(int pid, Limited& each, Instant now) {
  ++each.counters.periods;
  each.period_end += kPeriod;
  if (each.period_end <= now) each.period_end = now + kPeriod;  // we were late by more than a period
  each.balance = std::min(each.balance + each.quota, each.quota);
  if (each.stopped && each.balance > Duration{}) {
    each.stopped = false;
    each.counters.throttled += now - each.stopped_at;
    send_signal(pid, ChildSignal::resume);
  } else if (each.stopped) {
    ++each.counters.throttled_periods;
  }
}

void look(int pid, Limited& each, Instant now) {
  if (now >= each.period_end) begin_period(pid, each, now);
  if (each.stopped) return;
  const auto cpu = cpu_time_of(pid);
  if (!cpu) return;
  each.balance -= *cpu - each.cpu_seen;
  each.cpu_seen = *cpu;
  if (each.balance > Duration{}) return;
  each.stopped = true;
  each.stopped_at = now;
  ++each.counters.throttled_periods;
  send_signal(pid, ChildSignal::stop);
}
}  // namespace

struct CpuBudget::Impl {
  Guarded<std::map<int, Limited>> limited;
  Wake wake;
  std::atomic<bool> ending{false};
  Thread thread;

  void run() {
    while (!ending.load(std::memory_order_relaxed)) {
      const bool idle = limited.with([](auto& all) {
        for (auto& [pid, each] : all) look(pid, each, now());
        return all.empty();
      });
      Watch watch{wake.descriptor()};
      wait_readable({&watch, 1}, idle ? std::chrono::seconds(1) : kLook);
      if (watch.readable) wake.clear();
    }
  }
};

CpuBudget::CpuBudget() : impl_(std::make_unique<Impl>()) {
  impl_->thread = Thread("cpu-budget", [impl = impl_.get()] { impl->run(); });
}

CpuBudget::~CpuBudget() {
  impl_->ending = true;
  impl_->wake.signal();
  impl_->thread.join();
  impl_->limited.with([](auto& all) {
    for (auto& [pid, each] : all) {
      if (each.stopped) send_signal(pid, ChildSignal::resume);
    }
  });
}

void CpuBudget::add(int pid, double cores) {
  Limited limited;
  limited.quota = from_seconds(cores * seconds(kPeriod));
  limited.balance = limited.quota;
  limited.cpu_seen = cpu_time_of(pid).value_or(Duration{});
  limited.period_end = now() + kPeriod;
  impl_->limited.with([&](auto& all) { all[pid] = limited; });
  impl_->wake.signal();
}

void CpuBudget::remove(int pid) {
  impl_->limited.with([&](auto& all) {
    const auto found = all.find(pid);
    if (found != all.end() && found->second.stopped) send_signal(pid, ChildSignal::resume);
    all.erase(pid);
  });
}

BudgetCounters CpuBudget::counters(int pid) const {
  return impl_->limited.with([&](auto& all) {
    const auto found = all.find(pid);
    if (found == all.end()) return BudgetCounters{};
    BudgetCounters counters = found->second.counters;
    if (found->second.stopped) counters.throttled += now() - found->second.stopped_at;
    return counters;
  });
}
}  // namespace headroom::io
