// What a HorizontalPodAutoscaler asks for (autoscaling/v2), and the settings of the controller that reads it.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "hpa/quantity.h"

namespace headroom::hpa {
enum class MetricKind : std::uint8_t { resource, container_resource, pods, object, external, unknown };
enum class TargetKind : std::uint8_t { utilization, average_value, value };

struct ObjectRef {
  std::string kind{};
  std::string name{};
  std::string api_version{};
};

struct MetricSpec {
  MetricKind kind = MetricKind::resource;
  std::string name{};       // resource ("cpu", "memory") or metric
  std::string container{};  // container_resource only
  std::optional<std::map<std::string, std::string>> match_labels{};  // the metric's selector; pods, object, external
  ObjectRef object{};       // object only
  TargetKind target = TargetKind::utilization;
  std::int64_t target_value = 0;  // percent for utilization, else thousandths
};

enum class PolicyKind : std::uint8_t { pods, percent };
enum class Select : std::uint8_t { max, min, disabled };

struct Policy {
  PolicyKind kind = PolicyKind::percent;
  std::int32_t value = 0;     // pods or percent, > 0
  std::int32_t period_s = 0;  // 1..1800
};

struct Rules {
  std::optional<std::int32_t> window_s{};  // 0..3600; down: unset = the controller's downscale stabilization
  Select select = Select::max;
  std::vector<Policy> policies{};          // empty = not given
  std::optional<Quantity> tolerance{};     // unset = the controller's
};

struct Behavior {
  Rules up{};
  Rules down{};
};

struct Spec {
  std::string target_kind = "Deployment";
  std::string target_name = "web";
  std::optional<std::int32_t> min{};
  std::int32_t max = 1;
  std::vector<MetricSpec> metrics{};   // empty = none given
  std::optional<Behavior> behavior{};  // absent and {} differ: see with_defaults
};

/// What the API server makes of a submitted spec: min 1; cpu at 80 % where no metric is given; a behavior that is there at all is
/// filled on both sides (up: window 0, 4 pods or 100 % in 15 s; down: 100 % in 15 s), a given list of policies standing whole.
[[nodiscard]] Spec with_defaults(Spec given);

/// Settings of kube-controller-manager, for all HPAs of a cluster; the defaults are Kubernetes 1.37's.
struct Controller {
  int minor = 37;  // Kubernetes 1.minor, 28 or newer: rules that changed since follow it
  Duration sync_period = std::chrono::seconds(15);
  Duration downscale_stabilization = std::chrono::seconds(300);
  double tolerance = 0.1;
  Duration cpu_initialization_period = std::chrono::seconds(300);
  Duration initial_readiness_delay = std::chrono::seconds(30);
  double scale_up_factor = 2;     // without behavior: at most max(factor * current, floor)
  std::int32_t scale_up_floor = 4;
  bool scale_to_zero = true;           // gate HPAScaleToZero
  bool configurable_tolerance = true;  // gate HPAConfigurableTolerance
  bool pod_level_resources = true;     // gate PodLevelResources
};
}  // namespace headroom::hpa
