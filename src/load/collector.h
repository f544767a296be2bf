// Slices of all threads, put together: seconds for the run file, results of steps, totals. One thread, no clock of its own.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "io/thread_clock.h"
#include "load/plan.h"
#include "load/recorder.h"
#include "load/run_load.h"
#include "load/verdict.h"

namespace headroom::load {
struct CollectorOptions {
  const Plan* plan = nullptr;          // borrowed
  const Options* options = nullptr;    // borrowed
  run::Writer* writer = nullptr;       // may be null
  Instant start;
  ClockAnchor anchor;
};

/// A step as it was planned, in times of this run.
struct PlannedStep {
  Step step;
  int id = 0;
  std::string label;
  Instant start;
  Instant steady_from;  // >= end: the step has no steady part
  Instant end;
};

/// What the kernel says up to now: how long this process's cgroup was throttled, and the machine's CPU time.
struct HostTimes {
  std::optional<Duration> throttled;
  std::optional<io::MachineTime> machine;
};

class Collector {
 public:
  explicit Collector(const CollectorOptions& options);

  void add_step(const PlannedStep& step);
  void add(Slice slice);
  /// The stop came before the last step's end: what is steady ends there.
  void cut_short(Instant at);

  /// All threads have handed over everything up to this time.
  [[nodiscard]] Instant complete_until() const;
  [[nodiscard]] bool finished() const { return ended_ == options_.options->threads; }

  [[nodiscard]] bool second_is_complete() const;
  /// Writes the rows of finished seconds; calls `each` after every second.
  void flush(const HostTimes& host, const OnProgress& each);
  /// The step's result up to now. Its generator verdict and SLO are judged with what there is.
  [[nodiscard]] StepResult step_result(int index) const;
  /// Writes what is left and gives the whole result.
  [[nodiscard]] Result finish(const HostTimes& host, const OnProgress& each);

 private:
  struct StepState {
    PlannedStep plan;
    std::vector<Stats> steady;         // by name
    std::vector<Stats> all;            // by name, ramp included: for the error rows
    GeneratorFacts facts;
  };
  struct SecondKey {
    std::int64_t second;
    int step;
    bool steady;
    friend bool operator<(const SecondKey& a, const SecondKey& b) {
      return std::tie(a.second, a.step, a.steady) < std::tie(b.second, b.step, b.steady);
    }
  };
  struct Second {
    Instant start;
    Instant end;
    std::vector<Stats> by_name;
    stats::Histogram lag;
    Duration cpu{};
    Duration span{};
    std::map<int, std::pair<int, int>> by_thread;  // users and connections at the end
    std::uint64_t samples_dropped = 0;
  };

  void keep_rows(Slice& slice);
  void write(const SecondKey& key, Second& second, std::int64_t throttled_ns, double machine_busy);
  void write_step(const StepState& state);
  void report(const Second& second, int step, const OnProgress& each);
  [[nodiscard]] std::vector<NamedStats> named(const std::vector<Stats>& by_name) const;
  [[nodiscard]] std::int64_t wall(Instant at) const { return options_.anchor.to_wall(at).time_since_epoch().count(); }
  [[nodiscard]] int step_id(int index) const;

  CollectorOptions options_;
  std::vector<int> row_names_;     // Writer::name of each plan name
  std::vector<StepState> steps_;
  std::vector<Stats> totals_;      // by name
  std::map<SecondKey, Second> seconds_;
  std::vector<Instant> delivered_; // by thread
  int ended_ = 0;
  HostTimes seen_;
  Instant last_end_;
  Result result_;
};
}  // namespace headroom::load
