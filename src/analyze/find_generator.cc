// The load generator is the limit: its threads have no CPU left, its cgroup stops them, or it sends late for want of CPU.
#include <algorithm>

#include "analyze/finding.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
constexpr double kBusy = 0.9;       // of a thread's core
constexpr double kThrottled = 0.05; // of the time
constexpr double kLateMs = 1;       // p99 of sent - intended, and …
constexpr double kLateOfSlo = 0.05; // … of the SLO's smallest latency limit: less could not change its verdict …
constexpr double kLateShare = 0.05; // … with so much of the mean latency
constexpr double kLateBusy = 0.6;   // lag without CPU use is somebody else's: arrivals that wait for a connection
constexpr double kFullWhereItBreaks = 0.75;  // what the kernel does for the network between them is in neither, nor what other guests of the machine take
constexpr double kOwnShare = 0.3;   // of a full machine
}  // namespace

std::optional<Finding> generator_doubt(const StepRow& step, const Machine& machine) {
  const auto& use = step.generator;
  if (!use.known || !step.counted()) return std::nullopt;
  const double lag_share = step.mean_ms > 0 ? step.accounting[Cell::generator_lag] / step.mean_ms : 0;
  const bool busy = use.thread_share >= kBusy;
  const bool throttled = use.throttled_share >= kThrottled;
  const bool late = use.lag_p99_ms > std::max(kLateMs, kLateOfSlo * step.slo_ms) && lag_share > kLateShare;
  const double ours = use.cores + step.cpu.cores;
  const bool filled = ours >= (step.broke.empty() ? kMachineFull : kFullWhereItBreaks) * machine.cpus ||
                      (!step.broke.empty() && use.machine_busy >= kMachineFull && ours >= kOurShare * machine.cpus);
  const bool full = machine.cpus > 0 && step.cpu.known && filled && use.cores >= kOwnShare * machine.cpus && step.cpu.limit_cores == 0;
  if (!busy && !throttled && !full && !(late && use.thread_share >= kLateBusy)) return std::nullopt;

  Finding finding;
  finding.cause = "generator";
  finding.part = step.part;
  finding.at = step.label;
  finding.title = full && !busy && !throttled ? "Generator and server share this machine's CPUs, and they are used up"
                                              : "The load generator is the limit, not the service";
  finding.confidence = Weighing().fact(3, busy || throttled || full).fact(2, late).fact(1, machine.cpus > 0 && step.cpu.known).confidence();
  finding.evidence = {{"CPU of a generator thread", use.thread_share * 100, "% of a core", "generator_seconds"},
                      {"send lag, p99", use.lag_p99_ms, "ms", "generator_seconds"},
                      {"send lag, share of the mean latency", lag_share * 100, "%", "client_seconds"}};
  if (use.throttled_share >= 0) finding.evidence.push_back({"generator throttled", use.throttled_share * 100, "% of the time", "generator_seconds"});
  if (step.cpu.known) finding.evidence.push_back({"CPU of the server", step.cpu.cores, "cores", "replica_samples"});
  if (use.machine_busy >= 0) finding.evidence.push_back({"CPUs of the machine in use, by whomever", use.machine_busy * 100, "%", "generator_seconds"});
  if (machine.cpus > 0) finding.evidence.push_back({"CPUs of the machine", machine.cpus, "cores", "meta"});
  finding.fix = "Run the generator on a machine of its own (or give it more threads and CPUs), then repeat this step: beyond " +
                number(step.rps) + " requests/s these figures are about the generator.";
  return finding;
}

std::optional<Finding> find_generator(const Scene& scene) { return generator_doubt(scene.step, scene.machine); }
}  // namespace headroom::analyze
