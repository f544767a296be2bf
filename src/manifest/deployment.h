// A Deployment as far as scaling and serving depend on it, after the API server's defaulting.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hpa/quantity.h"

namespace headroom::manifest {
struct Resources {
  std::map<std::string, hpa::Quantity> requests{};  // by resource name; a limit without a request is its request (API defaulting)
  std::map<std::string, hpa::Quantity> limits{};
};

struct Probe {
  std::string path{};  // httpGet; "" for other kinds
  std::string port{};  // number or name
  int initial_delay_s = 0;
  int period_s = 10;
  int timeout_s = 1;
  int success_threshold = 1;
  int failure_threshold = 3;
  int line = 0;
};

struct Container {
  std::string name{};
  std::string image{};
  std::vector<int> ports{};
  Resources resources;
  std::optional<Probe> liveness, readiness, startup{};
  std::optional<int> pre_stop_sleep_s{};
  int line = 0;  // where it begins in its file, from 1
};

struct Deployment {
  std::string file{};
  int line = 0;
  std::string name{};
  std::string name_space = "default";
  std::optional<int> replicas{};  // unset = not given (the API makes it 1)
  std::map<std::string, std::string> match_labels{};
  std::map<std::string, std::string> pod_labels{};
  std::vector<Container> containers{};
  std::vector<Container> sidecars{};   // init containers with restartPolicy Always
  std::vector<Container> init{};
  int grace_period_s = 30;           // terminationGracePeriodSeconds

  /// Sum over containers and sidecars, in thousandths; unset if one of them has none. resource: "cpu" or "memory".
  [[nodiscard]] std::optional<std::int64_t> request_m(const std::string& resource) const;
  [[nodiscard]] std::optional<std::int64_t> limit_m(const std::string& resource) const;
};
}  // namespace headroom::manifest
