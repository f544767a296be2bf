// What the controller keeps from pass to pass: its own memory, lost when it restarts, and the HPA's status, which is not.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "hpa/spec.h"

namespace headroom::hpa {
struct Recommendation {
  std::int32_t replicas = 0;  // before stabilization and limits
  Instant at{};
};
struct ScaleEvent {
  std::int32_t change = 0;  // > 0 in both lists
  Instant at{};
  bool outdated = false;
};
struct Memory {
  std::optional<std::vector<Recommendation>> recommendations{};  // unset: nothing known of this HPA yet
  std::vector<ScaleEvent> up{};
  std::vector<ScaleEvent> down{};
};

struct Condition {
  std::string type{};     // AbleToScale, ScalingActive, ScalingLimited, ScaledToZero
  bool status = false;
  std::string reason{};
  std::string message{};
  Instant since{};      // lastTransitionTime: moves only when `status` flips
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// status.currentMetrics[i].
struct MetricStatus {
  MetricKind kind = MetricKind::resource;
  std::string name{};
  std::optional<std::int32_t> utilization_pct{};
  std::optional<std::int64_t> average_m{};
  std::string average{};  // as the API prints it
  std::optional<std::int64_t> value_m{};
  std::string value{};
  friend bool operator==(const MetricStatus&, const MetricStatus&) = default;
};

struct Status {
  std::int32_t current = 0;
  std::int32_t desired = 0;
  std::optional<Instant> last_scale{};
  std::optional<std::int64_t> observed_generation{};
  std::vector<Condition> conditions{};                 // in order of first appearance
  std::vector<std::optional<MetricStatus>> metrics{};  // unset = that metric failed
  friend bool operator==(const Status&, const Status&) = default;
};

struct State {
  Memory memory{};
  Status status{};
};

struct Event {
  bool warning = false;
  std::string reason{};
  std::string message{};
};
struct Proposal {
  std::int32_t replicas = 0;  // from the metrics, before stabilization and limits
  std::string metric{};
};

/// One pass. `next` goes into the next call of decide().
struct Decision {
  State next{};
  std::optional<std::int32_t> written{};  // replicas to write to the scale (or written, where the outcome was known)
  std::vector<Event> events{};
  bool status_written = false;
  std::optional<Proposal> proposal{};     // unset when the metrics gave none
};
}  // namespace headroom::hpa
