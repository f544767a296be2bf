// What `headroom serve` can be told. Defaults are the command's.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/units.h"
#include "telemetry/otel_config.h"
#include "telemetry/span.h"

namespace headroom::serve {
enum class LogFormat : std::uint8_t { text, json };

struct Options {
  std::string model;  // path
  std::string name;   // "" = from the path
  std::string host = "0.0.0.0";
  std::uint16_t port = 8000;
  int threads = 0;    // 0 = as many CPUs as the cgroup grants
  std::vector<std::string> features;
  std::vector<std::string> classes;
  std::string select;
  Bytes max_body{1U << 20U};
  std::size_t max_rows = 10'000;
  std::size_t max_connections = 10'000;
  std::uint32_t queue_limit = 1024;
  Duration timeout = std::chrono::seconds(30);
  Duration idle_timeout = std::chrono::seconds(75);
  Duration drain = std::chrono::seconds(10);
  Duration max_connection_age{};
  std::string record;               // run file, "" = none
  std::optional<double> trace_sample;  // none = what OTEL_TRACES_SAMPLER says, else all
  std::string otlp;                 // "" = what OTEL_EXPORTER_OTLP_ENDPOINT says, else none
  std::string trace_file;
  std::optional<telemetry::TraceInputs> trace_inputs;  // none = on if only this machine can call
  std::string cors_origin;
  LogFormat log_format = LogFormat::text;
  bool access_log = false;
  // For parents of replicas.
  int handoff_fd = -1;
  int record_fd = -1;
  std::string replica;
  telemetry::Environment environment;  // OTEL_*
};
}  // namespace headroom::serve
