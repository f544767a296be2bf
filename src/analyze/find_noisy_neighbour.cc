// Somebody else uses the machine: the generator sends late although its own thread idles, for it had to wait for a CPU.
#include <algorithm>

#include "analyze/finding.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
constexpr double kLateMs = 10;  // p99 of sent - intended; a free CPU answers a timer within one
constexpr double kIdle = 0.5;   // of a core: the generator did not keep itself from sending
}  // namespace

std::optional<Finding> find_noisy_neighbour(const Scene& scene) {
  const auto& step = scene.step;
  if (!step.generator.known || !step.cpu.known || scene.machine.cpus <= 0) return std::nullopt;
  const double ours = step.generator.cores + step.cpu.cores;
  if (ours >= kOurShare * scene.machine.cpus) return std::nullopt;
  // In an open loop arrivals also wait for a free connection, so lateness says less there.
  const bool late = step.users > 0 && step.generator.lag_p99_ms >= kLateMs && step.generator.thread_share < kIdle;
  const bool full = !step.broke.empty() && step.generator.machine_busy >= kMachineFull && step.cpu.limit_cores == 0;
  if (!late && !full) return std::nullopt;
  Finding finding;
  finding.cause = "noisy-neighbour";
  finding.title = "Something else uses this machine: generator and server had " + number(ours) + " of its " + number(scene.machine.cpus) + " cores, and " +
                  (full ? std::string("all of them were in use") : "the generator still sent up to " + time_text(step.generator.lag_p99_ms) + " late");
  finding.confidence = Weighing()
                           .fact(3, step.cpu.limit_cores == 0)  // with limits the pods have a reason of their own to be slow
                           .fact(2, scene.base.generator.known && scene.base.generator.lag_p99_ms >= kLateMs)  // already at the lowest load
                           .fact(1, step.generator.throttled_share >= 0 && step.generator.throttled_share < 0.01)
                           .confidence();
  finding.evidence = {{"CPU of the generator", step.generator.cores, "cores", "generator_seconds"},
                      {"CPU of the server", step.cpu.cores, "cores", "replica_samples"},
                      {"CPUs of the machine", scene.machine.cpus, "cores", "meta"},
                      {"send lag, p99", step.generator.lag_p99_ms, "ms", "generator_seconds"},
                      {"send lag in the first step, p99", scene.base.generator.lag_p99_ms, "ms", "generator_seconds"}};
  if (step.generator.machine_busy >= 0) finding.evidence.push_back({"CPUs of the machine in use, by whomever", step.generator.machine_busy * 100, "%", "generator_seconds"});
  finding.fix = "Repeat it on a machine where nothing else runs: these figures are about the machine's other work.";
  return finding;
}
}  // namespace headroom::analyze
