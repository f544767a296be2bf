// A finding: a claim about why a load level broke, its evidence, and what the fix would bring. A new one is one file
// find_NAME.cc and its two lines in findings.cc.
#pragma once
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "analyze/steps.h"

namespace headroom::analyze {
struct Evidence {
  std::string what;
  double value = 0;
  std::string unit;
  std::string source;  // the table of the run file it was computed from
};

/// What the fix would bring, by a stated model. Low and high bound what the model leaves open.
struct Gain {
  std::string metric;  // "rps"
  double from = 0, to = 0, low = 0, high = 0;
  std::string model;
};

struct Finding {
  std::string cause;  // of docs/analyze.md's list
  std::string title;
  double confidence = 0;  // 0 … 1, by Weighing
  bool confirmed = false; // by an intervention
  std::vector<Evidence> evidence;
  std::string fix;
  std::optional<Gain> gain;
  std::string part;
  std::string at;  // the step it was seen in
};

/// Of a machine's CPUs, from where on it counts as full.
inline constexpr double kMachineFull = 0.93;
/// With so much of a full machine generator and server fill it; with less it is somebody else's doing.
inline constexpr double kOurShare = 0.5;

/// The machine the run was made on.
struct Machine {
  double cpus = 0;  // 0 = not recorded
  std::string enforcement;  // of CPU limits: "cgroup v1", "cgroup v2", "emulated", "none", "" = not recorded
};

/// What a rule looks at: the step that broke, the first step of its part, and the last one that was held (may be null).
struct Scene {
  const Part& part;
  const StepRow& step;
  const StepRow& base;
  const StepRow* held;
  const Machine& machine;
};

/// Confidence of a claim whose conditions hold: 0.50 + 0.45 × (weight of the supporting facts that hold / weight of all).
/// A fact that was not recorded does not hold. Never above 0.95: only an intervention confirms.
class Weighing {
 public:
  Weighing& fact(double weight, bool holds) {
    all_ += weight;
    if (holds) held_ += weight;
    return *this;
  }
  [[nodiscard]] double confidence() const { return 0.5 + 0.45 * (all_ > 0 ? held_ / all_ : 0); }

 private:
  double all_ = 0;
  double held_ = 0;
};

/// nullopt: the rule's conditions do not hold, or what they need was not recorded.
using Rule = std::optional<Finding> (*)(const Scene&);

/// All rules over one scene: the most confident first; equally confident ones in the order of the list. A limited generator
/// comes first whatever the rest says: with it nothing can be said of the service.
[[nodiscard]] std::vector<Finding> find_all(const Scene& scene);

/// Whether the generator of this step can be believed, and why not. Also asked of steps that were held.
[[nodiscard]] std::optional<Finding> generator_doubt(const StepRow& step, const Machine& machine);
/// What would be asked of the server if it gave more, in requests/s. Of a level that was held nobody knows: infinity.
[[nodiscard]] inline double wanted_rps(const StepRow& step) {
  return step.broke.empty() ? std::numeric_limits<double>::infinity() : std::max(step.asked_rps(), step.rps);
}
}  // namespace headroom::analyze
