#include "hpa/metrics.h"

#include <limits>
#include <utility>

namespace headroom::hpa {
namespace {
using Proposed = expected<MetricProposal, MetricFailure>;
constexpr Duration kPodMetricWindow = std::chrono::seconds(60);  // custom metrics that do not say theirs

/// As Go prints a *metav1.LabelSelector with %+v.
std::string selector_text(const MetricSpec& metric) {
  if (!metric.match_labels) return "nil";
  std::string text = "&LabelSelector{MatchLabels:map[string]string{";
  for (const auto& [key, value] : *metric.match_labels) text += key + ": " + value + ",";
  return text + "},MatchExpressions:[]LabelSelectorRequirement{},}";
}

std::optional<std::int64_t> usage_m(const ContainerUsage& usage, const std::string& resource) {
  if (resource == "memory" && usage.memory_b) return *usage.memory_b * 1000;
  if (resource == "cpu" && usage.cpu_n) return *usage.cpu_n / 1'000'000 + (*usage.cpu_n % 1'000'000 > 0 ? 1 : 0);
  return std::nullopt;
}

/// The pod's value, or nothing where a container that counts does not report it. container: "" = all of them.
std::optional<std::int64_t> pod_value(const PodUsage& usage, const std::string& resource, const std::string& container) {
  std::int64_t sum = 0;
  bool any = false;
  for (const auto& each : usage.containers) {
    if (!container.empty() && each.name != container) continue;
    const auto value = usage_m(each, resource);
    if (!value) return std::nullopt;
    sum += *value;
    any = true;
    if (!container.empty()) break;
  }
  return any ? std::optional(sum) : std::nullopt;
}

/// Until 1.31 one pod without the named container failed the metric; since then that pod has none.
bool container_must_be_there(const MetricSpec& metric, const Controller& controller) {
  return metric.kind == MetricKind::container_resource && controller.minor < 32;
}

expected<PodMetrics, std::string> resource_metrics(const MetricSpec& metric, const Reading& reading, const Observation& seen,
                                                   const Controller& controller) {
  const std::string failed = "unable to get metrics for resource " + metric.name + ": ";
  if (reading.error) return unexpected(failed + "unable to fetch metrics from resource metrics API: " + *reading.error);
  if (seen.usage.empty()) return unexpected(failed + "no metrics returned from resource metrics API");
  PodMetrics metrics;
  const std::string container = metric.kind == MetricKind::container_resource ? metric.container : "";
  for (const auto& usage : seen.usage) {
    const auto value = pod_value(usage, metric.name, container);
    if (value) {
      metrics[usage.pod] = {*value, usage.at, usage.window};
    } else if (container_must_be_there(metric, controller)) {
      return unexpected(failed + "failed to get container metrics: container " + container + " not present in metrics for pod default/" +
                        usage.pod);
    }
  }
  return metrics;
}

/// An average is reported in the notation of its resource, as the API server prints it.
void set_average(MetricStatus& status, std::int64_t milli) {
  const bool memory = status.name == "memory" && (status.kind == MetricKind::resource || status.kind == MetricKind::container_resource);
  status.average_m = milli;
  status.average = Quantity::of_milli(milli, memory ? Quantity::Format::binary_si : Quantity::Format::decimal_si).text();
}
void set_value(MetricStatus& status, std::int64_t milli) {
  status.value_m = milli;
  status.value = Quantity::of_milli(milli).text();
}

Proposed by_resource(const MetricSpec& metric, const Reading& reading, const Observation& seen, const Crowd& crowd) {
  const bool named = metric.kind == MetricKind::container_resource;
  const bool share = metric.target == TargetKind::utilization;
  auto metrics = resource_metrics(metric, reading, seen, crowd.controller);
  Recommendable result = unexpected(std::string());
  if (!metrics) {
    result = unexpected(std::move(metrics).error());
  } else if (share) {
    result = by_utilization(std::move(*metrics), metric.name, named ? metric.container : "", metric.target_value, crowd);
  } else {
    result = by_average(std::move(*metrics), metric.name == "cpu", metric.target_value, crowd);
  }
  if (!result) {
    const std::string inner = "failed to get " + metric.name + (share ? " utilization: " : " usage: ") + result.error();
    const std::string whole = named ? metric.container + " container" : metric.name + " resource";
    return unexpected(MetricFailure{named ? "FailedGetContainerResourceMetric" : "FailedGetResourceMetric", inner,
                                    "failed to get " + whole + " metric value: " + inner});
  }
  MetricProposal proposal{result->replicas, metric.name, {.kind = metric.kind, .name = metric.name}};
  proposal.text += share && named ? " container resource" : " resource";
  if (share) proposal.text += " utilization (percentage of request)";
  if (share) proposal.status.utilization_pct = result->utilization_pct;
  set_average(proposal.status, result->average_m);
  return proposal;
}

Proposed by_pods(const MetricSpec& metric, const Reading& reading, const Crowd& crowd) {
  const std::string failed = "unable to get metric " + metric.name + ": ";
  PodMetrics metrics;
  for (const auto& item : reading.pods) metrics[item.pod] = {item.value_m, item.at, item.window.value_or(kPodMetricWindow)};
  Recommendable result = unexpected(std::string());
  if (reading.error) {
    result = unexpected(failed + "unable to fetch metrics from custom metrics API: " + *reading.error);
  } else if (reading.pods.empty()) {
    result = unexpected(failed + "no metrics returned from custom metrics API");
  } else {
    result = by_average(std::move(metrics), false, metric.target_value, crowd);
  }
  if (!result) {
    return unexpected(MetricFailure{"FailedGetPodsMetric", result.error(), "failed to get pods metric value: " + result.error()});
  }
  MetricProposal proposal{result->replicas, "pods metric " + metric.name, {.kind = metric.kind, .name = metric.name}};
  set_average(proposal.status, result->average_m);
  return proposal;
}

Proposed by_object(const MetricSpec& metric, const Reading& reading, const Observation& seen, const Crowd& crowd) {
  const bool per_pod = metric.target == TargetKind::average_value;
  Recommendable result = unexpected(std::string());
  if (reading.error) {
    result = unexpected("unable to get metric " + metric.name + " on " + metric.object.kind + " default/" + metric.object.name +
                        ": unable to fetch metrics from custom metrics API: " + *reading.error);
  } else if (per_pod) {
    result = by_value_per_pod(reading.value_m, metric.target_value, seen.scale.status_replicas, false, crowd);
  } else {
    result = by_value(reading.value_m, metric.target_value, crowd);
  }
  if (!result) {
    const std::string middle = per_pod ? "failed to get " + metric.name + " object metric: " : "";
    return unexpected(
        MetricFailure{"FailedGetObjectMetric", result.error(), "failed to get object metric value: " + middle + result.error()});
  }
  MetricProposal proposal{result->replicas, metric.object.kind + " metric " + metric.name, {.kind = metric.kind, .name = metric.name}};
  if (per_pod) {
    proposal.text = "external metric " + metric.name + "(" + selector_text(metric) + ")";  // upstream's words for an object
    set_average(proposal.status, result->average_m);
  } else {
    set_value(proposal.status, result->average_m);
  }
  return proposal;
}

/// Sum of the series; what would not fit, or falls below zero on the way, is the largest number (upstream's overflow test).
std::int64_t series_sum(const std::vector<std::int64_t>& values) {
  std::int64_t sum = 0;
  for (const auto value : values) {
    if (__builtin_add_overflow(sum, value, &sum) || sum < 0) return std::numeric_limits<std::int64_t>::max();
  }
  return sum;
}

Proposed by_external(const MetricSpec& metric, const Reading& reading, const Observation& seen, const Crowd& crowd) {
  const bool per_pod = metric.target == TargetKind::average_value;
  const std::string failed = "unable to get external metric default/" + metric.name + "/" + selector_text(metric) + ": ";
  Recommendable result = unexpected(std::string());
  if (reading.error) {
    result = unexpected(failed + "unable to fetch metrics from external metrics API: " + *reading.error);
  } else if (reading.values_m.empty()) {
    result = unexpected(failed + "no metrics returned from external metrics API");
  } else if (per_pod) {
    result = by_value_per_pod(series_sum(reading.values_m), metric.target_value, seen.scale.status_replicas, true, crowd);
  } else {
    result = by_value(series_sum(reading.values_m), metric.target_value, crowd);
  }
  if (!result) {
    const std::string middle =
        per_pod ? "failed to get " + metric.name + " external metric: " : "failed to get external metric " + metric.name + ": ";
    return unexpected(MetricFailure{"FailedGetExternalMetric", result.error(),
                                    "failed to get " + metric.name + " external metric value: " + middle + result.error()});
  }
  MetricProposal proposal{result->replicas, "external metric " + metric.name + "(" + selector_text(metric) + ")",
                          {.kind = metric.kind, .name = metric.name}};
  per_pod ? set_average(proposal.status, result->average_m) : set_value(proposal.status, result->average_m);
  return proposal;
}
}  // namespace

Proposed propose(const MetricSpec& metric, const Reading& reading, const Observation& seen, const Crowd& crowd) {
  switch (metric.kind) {
    case MetricKind::resource:
    case MetricKind::container_resource: return by_resource(metric, reading, seen, crowd);
    case MetricKind::pods: return by_pods(metric, reading, crowd);
    case MetricKind::object: return by_object(metric, reading, seen, crowd);
    case MetricKind::external: return by_external(metric, reading, seen, crowd);
    case MetricKind::unknown: break;
  }
  const std::string text = "unknown metric source type \"" + metric.name + "\"";
  return unexpected(MetricFailure{"InvalidMetricSourceType", text, text});
}
}  // namespace headroom::hpa
