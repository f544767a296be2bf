// OpenTelemetry's environment variables, read from a map: no file, no getenv. Source: OpenTelemetry specification, "Environment
// Variable Specification" and "OpenTelemetry Protocol Exporter".
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "telemetry/sampler.h"

namespace headroom::telemetry {
using Environment = std::map<std::string, std::string>;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct BatchLimits {  // OTEL_BSP_*
  std::size_t queue = 65536;  // spans; the specification's 2048 is half a second of a load test
  std::size_t batch = 512;
  Duration delay = std::chrono::seconds(5);
  Duration timeout = std::chrono::seconds(30);
};

struct OtelConfig {
  bool disabled = false;               // OTEL_SDK_DISABLED
  std::string service_name = "headroom";
  std::vector<std::pair<std::string, std::string>> resource;  // further attributes, decoded
  std::string traces_endpoint;         // whole URL; "" = none given
  Headers headers;
  Duration timeout = std::chrono::seconds(10);
  std::string certificate;             // path of trusted certificates, "" = the system's
  std::optional<SamplingPolicy> sampling;  // if OTEL_TRACES_SAMPLER is given
  BatchLimits batch;
  std::vector<std::string> warnings;   // what was ignored and why, for the log
};

/// Never fails: what is wrong is ignored with a warning, as the specification asks.
[[nodiscard]] OtelConfig read_otel_config(const Environment& environment);

/// The endpoint of a --otlp flag: a base URL gets v1/traces, one with a path is used as it is.
[[nodiscard]] std::string traces_url(std::string_view base);
}  // namespace headroom::telemetry
