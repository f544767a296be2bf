// One part of an experiment: serve, scale, load step by step, record.
#pragma once
#include <functional>
#include <stop_token>
#include <string>

#include "base/expected.h"
#include "base/failure.h"
#include "experiment/plan.h"
#include "load/run_load.h"
#include "run/writer.h"
#include "scale/scale.h"
#include "workload/scenario.h"

namespace headroom::experiment {
/// A part with its files read and checked, so that nothing is missing once the run has begun.
struct ReadyPart {
  Part part;
  workload::Scenario scenario;
  scale::ScaleOptions scale;  // unused for a url
};

struct PartResult {
  load::Result load;
  std::string enforcement;  // of CPU limits; "" for a url
  std::string stopped;      // why the steps ended before the list did; "" = they did not
};

using Say = std::function<void(const std::string&)>;

[[nodiscard]] expected<ReadyPart, Failure> prepare(const Part& part);

/// Blocks until the part's load is over or `stop` is requested, and its replicas are gone. `poll` is called about each second on
/// this thread. say: one line for each step, from this thread; decisions of the HPA from the session's.
[[nodiscard]] expected<PartResult, Failure> run_part(const ReadyPart& ready, const Plan& plan, run::Writer& writer, int first_step_id,
                                                     const Say& say, const std::function<void()>& poll, std::stop_token stop);
}  // namespace headroom::experiment
