// experiment.yml as docs/experiment.md describes it: inert and checked; no file it names has been looked at.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/time.h"
#include "stats/slo.h"

namespace headroom::experiment {
struct Level {
  int users = 0;    // exactly one of users and rate is > 0
  double rate = 0;
  std::optional<Duration> duration;
  std::optional<double> spawn_rate;
};

/// One part: something served, perhaps scaled, and loaded step by step. Parts run one after the other into one run file.
struct Part {
  std::string name;  // "" when the file has no `parts`
  // serve: exactly one of the two
  std::string model;
  std::string url;
  std::vector<std::string> flags;  // of each `headroom serve`
  // scale
  std::string hpa, deployment;  // files; "" = none
  double time_scale = 1;
  std::optional<int> replicas;
  // load
  std::string scenario;
  std::vector<Level> steps;
  double spawn_rate = 10;
  Duration duration = std::chrono::seconds(30);  // of the level itself, after its ramp
  bool until_breaks = false;  // no further step after one that broke with nothing left to scale
  bool find_knee = false;     // after the steps: double the last level until it breaks, then close in
  double up_to = 0;           // find_knee's largest level; 0 = 32 times the last step
  int threads = 1;            // of the generator
  std::uint64_t seed = 1;
};

struct Plan {
  std::vector<Part> parts;  // never empty
  std::string slo_text;
  stats::Slo slo;
  std::string report = "out";  // folder
};

/// line and column begin with 1; 0 = the file as a whole.
struct PlanError {
  std::string message;
  int line = 0;
  int column = 0;
};

struct PlanLimits {
  std::size_t max_bytes = 1U << 20U;
  std::size_t max_parts = 16;
  std::size_t max_steps = 200;  // of one part
};

/// Unknown keys are refused with the allowed ones. Foreign bytes.
[[nodiscard]] expected<Plan, PlanError> read_plan(std::string_view yaml, const PlanLimits& limits = {});
}  // namespace headroom::experiment
