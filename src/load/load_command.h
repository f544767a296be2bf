// `headroom load`: flags in, a run, its report out.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.h"
#include "base/time.h"
#include "base/units.h"

namespace headroom::load {
struct LoadCommand {
  std::string url;
  std::string host;            // replaces the scenario's
  std::string scenario;        // file
  std::optional<int> users;
  double spawn_rate = 1;
  Duration run_time{};         // 0 = until interrupted
  Rate rate;                   // 0 = closed loop
  std::string arrivals = "poisson";
  bool max_rate = false;       // users without a wait
  int connections = 0;         // 0 = 1000 in an open loop; with max_rate the users
  int threads = 1;
  Duration timeout = std::chrono::seconds(10);
  Duration stop_timeout{};
  Duration slow{};             // 0 = nothing is slow
  std::uint64_t seed = 1;
  std::string slo;
  std::string method, body, content_type = "application/json", data;
  std::vector<std::string> headers;
  std::string record, csv, output;
  int exit_code_on_error = 1;  // when requests failed, and nothing else did
  bool json = false;
  bool headless = false;       // as in Locust; there is no page
  bool print_scenario = false;
  std::string version;
};

/// Runs to its end; prints tables on stdout, progress and slow requests on stderr. First Ctrl-C: ends with the tables; second: at once.
/// Returns the exit code of docs/load.md.
[[nodiscard]] int run_load_command(const LoadCommand& command, const std::function<int(const Failure&)>& print);
}  // namespace headroom::load
