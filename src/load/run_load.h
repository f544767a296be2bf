// The load generator as a function: what `headroom load` and `headroom experiment` call.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/failure.h"
#include "base/time.h"
#include "load/result.h"
#include "run/writer.h"
#include "stats/slo.h"
#include "workload/scenario.h"

namespace headroom::load {
/// One level of load. Exactly one of users (closed loop) and rate (open loop) is set.
struct Step {
  int users = 0;
  double rate = 0;         // arrivals a second
  Duration duration{};     // 0 = until stopped; see Options::duration_from
  double spawn_rate = 0;   // users a second; 0 = Options::spawn_rate
  std::string label;       // "" = "150 users" or "1000/s"
};

enum class Arrivals : std::uint8_t { poisson, uniform };
enum class DurationFrom : std::uint8_t {
  start,  // a step's duration holds its ramp, as Locust's stages
  ramp,   // it begins when the last user has been spawned
};

struct Options {
  workload::Scenario scenario;  // tasks and users; for an open loop only the tasks and weights matter
  std::string url;              // http://host[:port]; "" = scenario.host
  std::vector<Step> steps;      // "" with scenario.stages = those
  double spawn_rate = 1;
  DurationFrom duration_from = DurationFrom::start;
  Arrivals arrivals = Arrivals::poisson;
  int threads = 1;              // 1 … 256; each user and connection belongs to one
  int connections = 1000;       // open loop: at most this many; arrivals then wait, and their latency tells
  Duration timeout = std::chrono::seconds(10);  // of one request, its connection's set-up included
  Duration stop_timeout{};      // at the end, requests in flight may take this long
  std::optional<Duration> slow; // log slower requests, for tasks that do not say
  stats::Slo slo;
  std::uint64_t seed = 1;
  double trace_sample = 1.0;    // share of the requests whose traceparent says "sampled"
  int samples_per_second = 2000;  // Sample rows a second that are kept; failed and slow ones always
  std::string part;             // run::Step::part
  int first_step_id = 1;        // of the run::Step rows; later runs into the same file go on from there
  /// Asked at the end of the last step, on the caller's thread: the next one, or the end. Users stay connected in between.
  std::function<std::optional<Step>(const StepResult& ended)> next_step;
  /// Called for each request over its slow limit, on the caller's thread.
  std::function<void(const run::SlowRequest&)> on_slow;
};

/// Once a second, on the caller's thread. Everything borrowed is valid during the call only.
struct Progress {
  Duration elapsed{};
  ClockAnchor anchor;                // makes wall times of Instants
  WallTime at;                       // start + elapsed
  const StepResult* step = nullptr;  // the step so far; null before the first
  int users = 0;
  int connections = 0;
  const std::vector<NamedStats>& by_name;  // since the start
  const Stats& total;
  double cpu_share = 0;
};
using OnProgress = std::function<void(const Progress&)>;

/// Runs to the end of the steps, or until `stop` is requested (then `interrupted` is set and all is still reported).
/// Blocks; threads of its own do the sending. `writer` may be null; rows: Step, ClientSecond, ErrorCount, GeneratorSecond, Sample,
/// SlowRequest, times made from an anchor taken at the call. A target that refuses everything is no Failure: it is counted.
/// Failure: an address that does not resolve, options that make no sense.
[[nodiscard]] expected<Result, Failure> run_load(const Options& options, run::Writer* writer = nullptr,
                                                 const OnProgress& progress = {}, std::stop_token stop = {});
}  // namespace headroom::load
