// The server has used up the CPUs themselves, no limit in between: which part of a request costs them?
#include <algorithm>

#include "analyze/finding.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
constexpr double kSaturated = 0.85;

/// CPUs that the server could have: the machine's, less what the generator beside it takes.
double cores_left(const Scene& scene) { return std::max(0.5, scene.machine.cpus - scene.step.generator.cores); }

struct Demand {
  double predict_us = 0;      // the model
  double preparation_us = 0;  // parse, decode, encode
  double rest_us = 0;         // the kernel's sockets, and what has no stage
};

/// Stages of the base step, where nothing waits, so that their wall time is their CPU time.
Demand demand(const Scene& scene) {
  const auto& cells = scene.base.accounting;
  Demand result;
  result.predict_us = scene.base.predict_cpu_us > 0 ? scene.base.predict_cpu_us : cells[telemetry::Stage::predict] * 1e3;
  result.preparation_us = (cells[telemetry::Stage::parse] + cells[telemetry::Stage::decode] + cells[telemetry::Stage::encode]) * 1e3;
  result.rest_us = std::max(0.0, scene.step.cpu.us_per_request - result.predict_us - result.preparation_us);
  return result;
}
}  // namespace

std::optional<Finding> find_cpu(const Scene& scene) {
  const auto& step = scene.step;
  if (!step.cpu.known || step.cpu.limit_cores > 0 || scene.machine.cpus <= 0 || !step.accounting.server_known) return std::nullopt;
  const double cores = cores_left(scene);
  if (step.cpu.cores < kSaturated * cores) return std::nullopt;
  const Demand cost = demand(scene);
  const bool inference = cost.predict_us >= cost.preparation_us;
  const double asked = std::max(step.asked_rps(), step.rps);

  Finding finding;
  finding.cause = inference ? "cpu-inference" : "cpu-preparation";
  finding.title = "CPU-bound: the server uses " + number(step.cpu.cores) + " of the " + number(cores) + " cores it can have; " +
                  (inference ? "predicting" : "parsing and writing JSON") + " is the dearest stage";
  finding.confidence = Weighing()
                           .fact(3, step.cpu.cores >= 0.95 * cores)
                           .fact(2, step.rps < 0.95 * asked)
                           .fact(2, std::max(cost.predict_us, cost.preparation_us) >= 0.5 * step.cpu.us_per_request)
                           .fact(1, scene.base.predict_cpu_us > 0)
                           .confidence();
  finding.evidence = {{"CPU of the server", step.cpu.cores, "cores", "replica_samples"},
                      {"cores it can have beside the generator", cores, "cores", "meta, generator_seconds"},
                      {"CPU per request", step.cpu.us_per_request, "µs", "replica_samples, client_seconds"},
                      {"of it predict", cost.predict_us, "µs", "server_seconds"},
                      {"of it parse, decode, encode", cost.preparation_us, "µs", "client_seconds"},
                      {"of it the rest (kernel, sockets)", cost.rest_us, "µs", "replica_samples, client_seconds"}};
  finding.fix = std::string("Give the server one more core or replica") + (inference ? ", or serve a cheaper model (fewer trees, less depth)." : ", or send less JSON for each row (several rows a request).");
  const double scaled = step.rps * (cores + 1) / cores;
  const double wanted = wanted_rps(step);
  finding.gain = Gain{.metric = "rps", .from = step.rps, .to = std::min(wanted, scaled), .low = std::min(wanted, 0.85 * scaled), .high = std::min(1.1 * wanted, scaled),
                      .model = "one more core, throughput in proportion (utilization law) up to the rate asked for; low: 15 % lost to what is not CPU"};
  return finding;
}
}  // namespace headroom::analyze
