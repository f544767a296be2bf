#include "hpa/pods.h"

#include <algorithm>
#include <optional>

namespace headroom::hpa {
namespace {
bool cpu_unready(const Pod& pod, const PodMetric& metric, const Controller& controller, Instant now) {
  if (!pod.ready || !pod.start) return true;
  const bool says_no = *pod.ready == Truth::no;
  if (*pod.start + controller.cpu_initialization_period > now) {
    return says_no || metric.at < pod.ready_changed + metric.window;  // the sample may still hold start-up work
  }
  return says_no && *pod.start + controller.initial_readiness_delay > pod.ready_changed;  // it has never been ready
}

std::optional<std::int64_t> request_m(const Requests& requests, std::string_view resource) {
  if (resource == "cpu") return requests.cpu_m;
  if (resource == "memory" && requests.memory_b) return *requests.memory_b * 1000;
  return std::nullopt;
}

std::string missing_request(std::string_view resource, const std::string& container, const std::string& pod) {
  return "missing request for " + std::string(resource) + " in container " + container + " of Pod " + pod;
}

expected<std::int64_t, std::string> from_containers(const Pod& pod, std::string_view resource, std::string_view container) {
  std::int64_t sum = 0;
  bool found = false;
  for (const auto* list : {&pod.containers, &pod.sidecars}) {
    for (const auto& each : *list) {
      if (!container.empty() && each.name != container) continue;
      const auto request = request_m(each.requests, resource);
      if (!request) return unexpected(missing_request(resource, each.name, pod.name));
      sum += *request;
      found = true;
    }
  }
  if (!found && !container.empty()) {
    return unexpected("container " + std::string(container) + " not found in Pod " + pod.name);
  }
  return sum;
}

/// Pod-level requests are set, perhaps for the other resource only: then the scheduler's sum counts, in which a container may
/// have no request and plain init containers count by their largest. Source: component-helpers/resource, PodRequests.
expected<std::int64_t, std::string> from_pod_level(const Pod& pod, std::string_view resource) {
  if (const auto own = request_m(pod.pod_level, resource)) return *own;
  std::optional<std::int64_t> sum;
  std::int64_t sidecars = 0;
  for (const auto* list : {&pod.containers, &pod.sidecars}) {
    for (const auto& each : *list) {
      const auto request = request_m(each.requests, resource);
      if (request) sum = sum.value_or(0) + *request;
      if (request && list == &pod.sidecars) sidecars += *request;
    }
  }
  for (const auto& each : pod.init) {
    if (const auto request = request_m(each.requests, resource)) sum = std::max(sum.value_or(0), *request + sidecars);
  }
  if (!sum) return unexpected("missing pod-level request for " + std::string(resource) + " in Pod " + pod.name);
  return *sum;
}
}  // namespace

PodGroups group_pods(std::span<const Pod> pods, const PodMetrics& metrics, bool is_cpu, const Controller& controller, Instant now) {
  PodGroups groups;
  for (const auto& pod : pods) {
    if (pod.deleting || pod.phase == Phase::failed) {
      groups.ignored.insert(pod.name);
      continue;
    }
    if (pod.phase == Phase::pending) {
      groups.unready.insert(pod.name);
      continue;
    }
    const auto metric = metrics.find(pod.name);
    if (metric == metrics.end()) {
      groups.missing.insert(pod.name);
    } else if (is_cpu && cpu_unready(pod, metric->second, controller, now)) {
      groups.unready.insert(pod.name);
    } else {
      ++groups.ready;
    }
  }
  return groups;
}

expected<std::map<std::string_view, std::int64_t>, std::string> pod_requests(std::span<const Pod> pods, std::string_view resource,
                                                                             std::string_view container, bool pod_level) {
  std::map<std::string_view, std::int64_t> requests;
  for (const auto& pod : pods) {
    const bool whole = pod_level && container.empty() && (pod.pod_level.cpu_m || pod.pod_level.memory_b);
    auto request = whole ? from_pod_level(pod, resource) : from_containers(pod, resource, container);
    if (!request) return unexpected(std::move(request).error());
    requests[pod.name] = *request;
  }
  return requests;
}

int count_serving(std::span<const Pod> pods) {
  return static_cast<int>(std::count_if(pods.begin(), pods.end(), [](const Pod& pod) {
    return pod.phase == Phase::running && pod.ready == Truth::yes;
  }));
}
}  // namespace headroom::hpa
