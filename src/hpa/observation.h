// Everything the controller sees in one pass. Built by scale/ from local replicas, by the simulator from its plant, by a replay
// from a recorded trace.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace headroom::hpa {
enum class Phase : std::uint8_t { pending, running, succeeded, failed, unknown };
enum class Truth : std::uint8_t { yes, no, unknown };

struct Requests {
  std::optional<std::int64_t> cpu_m{};     // thousandths of a core
  std::optional<std::int64_t> memory_b{};  // bytes
};
struct Container {
  std::string name{};
  Requests requests{};
};

struct Pod {
  std::string name{};
  Phase phase = Phase::running;
  std::optional<Truth> ready{};   // status of the Ready condition; unset = no such condition
  Instant ready_changed{};      // its lastTransitionTime
  std::optional<Instant> start{}; // status.startTime
  bool deleting = false;
  std::vector<Container> containers{};
  std::vector<Container> sidecars{};  // init containers with restartPolicy Always
  std::vector<Container> init{};      // plain init containers
  Requests pod_level{};
};

struct ContainerUsage {
  std::string name{};
  std::optional<std::int64_t> cpu_n{};     // billionths of a core
  std::optional<std::int64_t> memory_b{};
};
/// One item of the resource metrics API (metrics-server).
struct PodUsage {
  std::string pod{};
  Instant at{};       // end of the window
  Duration window{};
  std::vector<ContainerUsage> containers{};
};

/// One item of the custom metrics API for a Pods metric.
struct PodValue {
  std::string pod{};
  std::int64_t value_m = 0;
  Instant at{};
  std::optional<Duration> window{};
};
/// The answer for one metric of the spec. Resource metrics read Observation::usage and leave all but `error` empty.
struct Reading {
  std::optional<std::string> error{};
  std::vector<PodValue> pods{};
  std::int64_t value_m = 0;             // object
  std::vector<std::int64_t> values_m{};   // external, one for each series
};

struct ScaleObject {
  std::optional<std::string> error{};  // it could not be read
  std::int32_t spec_replicas = 0;
  std::int32_t status_replicas = 0;
  std::string selector{};
  std::optional<std::string> selector_error{};  // the parser's text
};

/// How the write of the scale ends if this pass makes one. A loop that cannot know yet leaves it empty (success at `now`), applies
/// the decision, and decides again with the error if that failed: decide() is pure, so nothing has happened in between.
struct WriteOutcome {
  std::optional<Instant> at{};         // when it ended; unset = now
  std::optional<std::string> error{};
};

struct Observation {
  ScaleObject scale{};
  std::vector<Pod> pods{};          // that match the selector, in the order they are listed
  std::vector<PodUsage> usage{};    // empty = the API returned no items
  std::vector<Reading> readings{};  // one for each metric of the defaulted spec
  std::optional<std::string> ambiguous_with{};  // "namespace/name" of another HPA that selects these pods too
  std::optional<std::int64_t> generation{};     // metadata.generation
  WriteOutcome write{};
  std::optional<std::string> status_write_error{};
};
}  // namespace headroom::hpa
