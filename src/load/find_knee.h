// A simple search for where a service breaks: double until it does, then close in. Not a proof (that is --find-max's).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "load/run_load.h"

namespace headroom::load {
struct KneeOptions {
  bool by_rate = false;         // levels are rates, else users
  double first = 100;           // lowest level tried
  double last = 100'000;        // never more
  double factor = 2;            // while nothing breaks
  double resolution = 0.1;      // stop when the bracket is this narrow, relative to its lower end
  double min_gain = 0.5;        // users: throughput grew by less than this share of what they grew by: saturated
  int max_levels = 16;
  Duration duration = std::chrono::seconds(10);  // of each level
  double spawn_rate = 0;        // 0 = Options::spawn_rate
};

enum class Broke : std::uint8_t { no, slo, saturated, generator };

/// One level tried. `broke` is why it counts as over the knee.
struct KneeLevel {
  double level = 0;
  double rps = 0;
  Broke broke = Broke::no;
};

/// The decision, pure: feed each level's result, get the next level or the end.
class KneeSearch {
 public:
  explicit KneeSearch(const KneeOptions& options) : options_(options) {}
  [[nodiscard]] Step first();
  /// The level after `ended`, or nullopt at the end of the search.
  [[nodiscard]] std::optional<Step> next(const StepResult& ended);
  /// The largest level that held; 0 if even the first broke.
  [[nodiscard]] double knee() const noexcept { return held_; }
  [[nodiscard]] const std::vector<KneeLevel>& levels() const noexcept { return levels_; }
  /// Why the level above the knee broke; Broke::no: nothing broke up to `last`.
  [[nodiscard]] Broke reason() const noexcept { return reason_; }

 private:
  [[nodiscard]] Step step(double level);
  [[nodiscard]] Broke judge(const StepResult& ended) const;

  KneeOptions options_;
  double level_ = 0;
  double held_ = 0;
  double broken_ = 0;  // 0 = nothing broke yet
  Broke reason_ = Broke::no;
  std::vector<KneeLevel> levels_;
};

struct Knee {
  double level = 0;
  Broke reason = Broke::no;
  std::vector<KneeLevel> levels;
  Result run;
};

/// Runs options.steps first (if any), then the levels of the search, all in one run.
[[nodiscard]] expected<Knee, Failure> find_knee(Options options, const KneeOptions& knee, run::Writer* writer = nullptr,
                                                const OnProgress& progress = {}, std::stop_token stop = {});
}  // namespace headroom::load
