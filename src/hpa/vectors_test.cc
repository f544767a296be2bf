// The numbers of Kubernetes' own unit tests, tests/data/hpa_vectors.yaml: one test a group, every case by name.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <set>
#include <string>

#include "hpa/decide.h"
#include "hpa/metrics.h"
#include "hpa/policy.h"
#include "hpa/pods.h"
#include "hpa/recommend.h"
#include "hpa/stabilize.h"

namespace headroom::hpa {
namespace {
using YAML::Node;
const Instant kNow = Instant(std::chrono::hours(24 * 365 * 40));  // far enough from 0 for ages and Go's zero time

const Node& groups() {
  static const Node root = YAML::LoadFile(std::string(HEADROOM_SOURCE_DIR) + "/tests/data/hpa_vectors.yaml")["groups"];
  return root;
}
bool given(const Node& node) { return node.IsDefined() && !node.IsNull(); }
std::string text(const Node& node) { return node.as<std::string>(); }
std::int64_t integer(const Node& node) { return node.as<std::int64_t>(); }
int number(const Node& node) { return node.as<int>(); }
Instant at(const Node& node) { return kNow + std::chrono::seconds(integer(node)); }

Controller upstream(int minor = 37) {
  Controller controller;
  controller.minor = minor;
  controller.cpu_initialization_period = std::chrono::seconds(120);
  controller.initial_readiness_delay = std::chrono::seconds(10);
  controller.scale_up_factor = 8;
  return controller;
}

Pod pod_of(const Node& node, const std::string& resource) {
  Pod pod;
  pod.name = text(node["name"]);
  const std::string phase = node["phase"] ? text(node["phase"]) : "Running";
  pod.phase = phase == "Pending" ? Phase::pending : phase == "Failed" ? Phase::failed : phase == "Succeeded" ? Phase::succeeded : Phase::running;
  if (given(node["ready"])) pod.ready = node["ready"].as<bool>() ? Truth::yes : Truth::no;
  if (given(node["ready_changed"])) pod.ready_changed = at(node["ready_changed"]);
  if (given(node["start"])) pod.start = at(node["start"]);
  pod.deleting = node["deleting"] && node["deleting"].as<bool>();
  int i = 0;
  for (const auto& request : node["req_m"]) {
    Container container{"container" + std::to_string(++i), {}};
    container.requests = resource == "memory" ? Requests{{}, integer(request) / 1000} : Requests{integer(request), {}};
    pod.containers.push_back(container);
  }
  if (pod.containers.empty()) pod.containers = {{"container1", {}}, {"container2", {}}};
  return pod;
}

std::vector<Pod> pods_of(const Node& list, const std::string& resource = "cpu") {
  std::vector<Pod> pods;
  for (const auto& each : list) pods.push_back(pod_of(each, resource));
  return pods;
}

Rules rules_of(const Node& node) {
  Rules rules;
  if (given(node["window"])) rules.window_s = number(node["window"]);
  if (given(node["select"])) rules.select = text(node["select"]) == "Min" ? Select::min : text(node["select"]) == "Max" ? Select::max : Select::disabled;
  if (given(node["tolerance"])) rules.tolerance = Quantity::parse(text(node["tolerance"])).value();
  for (const auto& policy : node["policies"]) {
    rules.policies.push_back({text(policy["type"]) == "Pods" ? PolicyKind::pods : PolicyKind::percent, number(policy["value"]), number(policy["period"])});
  }
  return rules;
}

std::vector<ScaleEvent> events_of(const Node& list) {
  std::vector<ScaleEvent> events;
  for (const auto& each : list) {
    events.push_back({number(each["change"]), kNow - std::chrono::seconds(integer(each["age"])), each["outdated"] && each["outdated"].as<bool>()});
  }
  return events;
}

std::vector<Recommendation> history_of(const Node& list) {
  std::vector<Recommendation> history;
  for (const auto& each : list) history.push_back({number(each["value"]), kNow - std::chrono::seconds(integer(each["age"]))});
  return history;
}

/// A calculator's case as one metric and what the APIs answer for it.
struct Asked {
  MetricSpec metric;
  Reading reading;
  Observation seen;
};
Asked asked_of(const Node& node) {
  Asked asked;
  const std::string kind = text(node["kind"]);
  const bool resource = kind.rfind("resource", 0) == 0;
  asked.metric.kind = resource ? MetricKind::resource : kind.rfind("pods", 0) == 0 ? MetricKind::pods : kind.rfind("object", 0) == 0 ? MetricKind::object : MetricKind::external;
  asked.metric.name = resource ? text(node["resource"]) : "qps";
  if (node["container"] && !text(node["container"]).empty()) {
    asked.metric.kind = MetricKind::container_resource;
    asked.metric.container = text(node["container"]);
  }
  asked.metric.target = kind.ends_with("utilization") ? TargetKind::utilization : kind.ends_with("value") ? TargetKind::value : TargetKind::average_value;
  asked.metric.target_value = integer(node[asked.metric.target == TargetKind::utilization ? "target_pct" : "target_m"]);
  asked.seen.pods = pods_of(node["pods"], asked.metric.name);
  asked.seen.scale.spec_replicas = asked.seen.scale.status_replicas = number(node["current"]);
  for (const auto& each : node["metrics"]) {
    if (each["value_m"]) asked.reading.pods.push_back({text(each["pod"]), integer(each["value_m"]), at(each["ts"]), std::chrono::seconds(integer(each["window"]))});
    PodUsage usage{text(each["pod"]), at(each["ts"]), std::chrono::seconds(integer(each["window"])), {}};
    int i = 0;
    for (const auto& value : each["usage_m"]) usage.containers.push_back({"container" + std::to_string(++i), integer(value) * 1'000'000, integer(value) / 1000});
    if (each["usage_m"]) asked.seen.usage.push_back(usage);
  }
  for (const auto& value : node["values_m"]) asked.reading.values_m.push_back(integer(value));
  if (!asked.reading.values_m.empty()) asked.reading.value_m = asked.reading.values_m.front();
  return asked;
}

TEST(Vectors, ReplicaCalculator) {
  int ran = 0;
  for (const auto& each : groups()["replica_calc"]) {
    SCOPED_TRACE(text(each["name"]));
    const bool old_rule = static_cast<bool>(each["only_before"]);  // 1.31 and older failed the whole metric
    const Asked asked = asked_of(each);
    const Controller controller = upstream(old_rule ? 31 : 37);
    const Crowd crowd{asked.seen.pods, number(each["current"]), {}, controller, kNow};
    const auto result = propose(asked.metric, asked.reading, asked.seen, crowd);
    const Node expect = each["expect"];
    ++ran;
    if (expect["error_contains"]) {
      ASSERT_FALSE(result);
      EXPECT_NE(result.error().inner.find(text(expect["error_contains"])), std::string::npos) << result.error().inner;
      continue;
    }
    ASSERT_TRUE(result) << result.error().inner;
    EXPECT_EQ(result->replicas, number(expect["replicas"]));
    if (expect["utilization_pct"]) { EXPECT_EQ(result->status.utilization_pct, number(expect["utilization_pct"])); }
    if (expect["avg_m"]) { EXPECT_EQ(result->status.average_m, integer(expect["avg_m"])); }
    if (expect["usage_m"]) { EXPECT_EQ(result->status.average_m.value_or(result->status.value_m.value_or(-1)), integer(expect["usage_m"])); }
  }
  EXPECT_EQ(ran, 66);
}

TEST(Vectors, PodGroups) {
  for (const auto& each : groups()["group_pods"]) {
    SCOPED_TRACE(text(each["name"]));
    const auto pods = pods_of(each["pods"]);
    std::vector<std::string> names;
    names.reserve(each["metrics"].size());
    PodMetrics metrics;
    for (const auto& metric : each["metrics"]) {
      names.push_back(text(metric["pod"]));
      metrics[names.back()] = {integer(metric["value_m"]), at(metric["ts"]), std::chrono::seconds(integer(metric["window"]))};
    }
    Controller controller = upstream();
    controller.cpu_initialization_period = std::chrono::seconds(integer(each["cpu_init"]));
    controller.initial_readiness_delay = std::chrono::seconds(integer(each["ready_delay"]));
    const PodGroups got = group_pods(pods, metrics, text(each["resource"]) == "cpu", controller, kNow);
    const auto expected_names = [&](const char* key) {
      std::set<std::string> all;
      for (const auto& name : each["expect"][key]) all.insert(text(name));
      return all;
    };
    const auto plain = [](const PodNames& some) { return std::set<std::string>(some.begin(), some.end()); };
    EXPECT_EQ(got.ready, number(each["expect"]["ready_count"]));
    EXPECT_EQ(plain(got.unready), expected_names("unready"));
    EXPECT_EQ(plain(got.missing), expected_names("missing"));
    EXPECT_EQ(plain(got.ignored), expected_names("ignored"));
  }
}

TEST(Vectors, PodRequests) {
  for (const auto& each : groups()["pod_requests"]) {
    SCOPED_TRACE(text(each["name"]));
    const auto container = [](const Node& node) {
      Container one{text(node["name"]), {}};
      if (given(node["req_m"])) one.requests.cpu_m = integer(node["req_m"]);
      return one;
    };
    std::vector<Pod> pods(1);
    pods[0].name = text(each["pod"]);
    for (const auto& one : each["containers"]) pods[0].containers.push_back(container(one));
    for (const auto& one : each["init_containers"]) {
      const bool sidecar = one["restart_always"] && one["restart_always"].as<bool>();
      (sidecar ? pods[0].sidecars : pods[0].init).push_back(container(one));
    }
    if (given(each["pod_level_req_m"])) pods[0].pod_level.cpu_m = integer(each["pod_level_req_m"]);
    const auto got = pod_requests(pods, text(each["resource"]), text(each["container"]), each["pod_level_gate"].as<bool>());
    if (each["expect"]["error"]) {
      ASSERT_FALSE(got);
      EXPECT_NE(got.error().find(text(each["expect"]["error"])), std::string::npos) << got.error();
    } else {
      ASSERT_TRUE(got) << got.error();
      EXPECT_EQ(got->at(pods[0].name), integer(each["expect"]["request_m"]));
    }
  }
}

TEST(Vectors, Ratios) {
  for (const auto& each : groups()["utilization_ratio"]) {
    SCOPED_TRACE(text(each["name"]));
    std::vector<std::string> names;
    names.reserve(64);
    std::vector<Pod> pods;
    PodMetrics metrics;
    for (const auto& usage : each["usage_m"]) {
      names.push_back(text(usage.first));
      metrics[names.back()] = {integer(usage.second), kNow, {}};
    }
    for (const auto& request : each["request_m"]) {
      pods.push_back({.name = text(request.first), .ready = Truth::yes, .start = kNow - std::chrono::hours(1)});
      pods.back().ready_changed = kNow - std::chrono::hours(1);
      pods.back().containers = {{"c", {integer(request.second), {}}}};
    }
    if (pods.empty()) pods.push_back({.name = "other", .containers = {{"c", {0, {}}}}});
    const Controller controller = upstream();
    const Crowd crowd{pods, 1, {}, controller, kNow};
    const Node expect = each["expect"];
    const auto got = each["target_pct"] ? by_utilization(metrics, "cpu", "", integer(each["target_pct"]), crowd)
                                        : by_average(metrics, false, integer(each["target_m"]), crowd);
    if (expect["error_contains"]) {
      ASSERT_FALSE(got);
      EXPECT_NE(got.error().find(text(expect["error_contains"])), std::string::npos) << got.error();
      continue;
    }
    ASSERT_TRUE(got) << got.error();
    if (expect["utilization_pct"]) {
      EXPECT_EQ(got->utilization_pct, number(expect["utilization_pct"]));
      EXPECT_EQ(got->average_m, integer(expect["avg_m"]));
      EXPECT_EQ(got->utilization_pct / each["target_pct"].as<double>(), expect["ratio"].as<double>());
    } else {
      EXPECT_EQ(got->average_m, integer(expect["usage_m"]));
    }
  }
}

TEST(Vectors, LimitsWithoutBehavior) {
  for (const auto& each : groups()["clamp_no_behavior"]) {
    SCOPED_TRACE(text(each["name"]));
    Controller controller;
    controller.scale_up_factor = each["scale_up_factor"].as<double>();
    controller.scale_up_floor = number(each["scale_up_floor"]);
    const Limited got = limit_plain(number(each["current"]), number(each["desired"]), {number(each["min"]), number(each["max"])}, controller);
    EXPECT_EQ(got.replicas, number(each["expect"]["replicas"]));
    EXPECT_EQ(reason(got.limit), text(each["expect"]["reason"]));
  }
}

TEST(Vectors, StabilizationWithoutBehavior) {
  for (const auto& each : groups()["stabilize_no_behavior"]) {
    SCOPED_TRACE(text(each["name"]));
    const Stabilized got = stabilize(history_of(each["history"]), number(each["desired"]), std::chrono::seconds(integer(each["window"])), kNow);
    EXPECT_EQ(got.replicas, number(each["expect"]["stabilized"]));
    EXPECT_EQ(got.recommendations.size(), each["expect"]["history_len"].as<std::size_t>());
  }
}

TEST(Vectors, StabilizationWithBehavior) {
  for (const auto& each : groups()["stabilize_behavior"]) {
    SCOPED_TRACE(text(each["name"]));
    const Windows windows{std::chrono::seconds(integer(each["up_window"])), std::chrono::seconds(integer(each["down_window"]))};
    const Stabilized got = stabilize(history_of(each["history"]), number(each["desired"]), number(each["current"]), windows, kNow);
    EXPECT_EQ(got.replicas, number(each["expect"]["stabilized"]));
    if (!each["expect"]["history"]) continue;
    std::vector<int> kept;
    for (const auto& recommendation : got.recommendations) kept.push_back(recommendation.replicas);
    EXPECT_EQ(kept, each["expect"]["history"].as<std::vector<int>>());
  }
}

TEST(Vectors, RateLimits) {
  for (const auto& each : groups()["rate_limit"]) {
    SCOPED_TRACE(text(each["name"]));
    const Behavior behavior{rules_of(each["scale_up"]), rules_of(each["scale_down"])};
    const Memory memory{{}, events_of(each["up_events"]), events_of(each["down_events"])};
    const Limited got = limit_rate(number(each["current"]), number(each["desired"]), {given(each["min"]) ? number(each["min"]) : 1, number(each["max"])}, behavior, memory, kNow);
    EXPECT_EQ(got.replicas, number(each["expect"]["replicas"]));
    EXPECT_EQ(reason(got.limit), text(each["expect"]["reason"]));
  }
}

TEST(Vectors, PolicyLimits) {
  for (const auto& each : groups()["policy_limit"]) {
    SCOPED_TRACE(text(each["name"]));
    const Memory memory{{}, events_of(each["up_events"]), events_of(each["down_events"])};
    const auto limit = text(each["direction"]) == "up" ? scale_up_limit : scale_down_limit;
    EXPECT_EQ(limit(number(each["current"]), memory, rules_of(each["rules"]), kNow), number(each["expect"]["limit"]));
  }
}

TEST(Vectors, ScaleEvents) {
  for (const auto& each : groups()["scale_events"]) {
    SCOPED_TRACE(text(each["name"]));
    Memory memory{{}, events_of(each["stored"]), {}};
    int sum = 0;
    for (const auto& event : memory.up) sum += event.at > kNow - std::chrono::seconds(60) ? event.change : 0;
    EXPECT_EQ(sum, number(each["expect"]["sum_last_60s"]));
    if (!given(each["rules"])) continue;  // without behavior decide() stores nothing
    const int change = number(each["change"]);
    store_event(memory, {rules_of(each["rules"]), {}}, 10, 10 + change, kNow);
    ASSERT_EQ(memory.up.size(), each["expect"]["stored"].size());
    for (std::size_t i = 0; i < memory.up.size(); ++i) EXPECT_EQ(memory.up[i].change, number(each["expect"]["stored"][i]["change"])) << i;
    for (std::size_t i = 0; i < memory.up.size(); ++i) EXPECT_EQ(memory.up[i].outdated, each["expect"]["stored"][i]["outdated"].as<bool>()) << i;
  }
}

TEST(Vectors, BehaviorDefaults) {
  for (const auto& each : groups()["behavior_defaults"]) {
    SCOPED_TRACE(text(each["name"]));
    Spec spec;
    spec.behavior.emplace();
    const bool up = text(each["direction"]) == "up";
    (up ? spec.behavior->up : spec.behavior->down) = rules_of(each["given"]);
    const Behavior filled = *with_defaults(spec).behavior;
    const Rules& got = up ? filled.up : filled.down;
    const Rules want = rules_of(each["expect"]);
    EXPECT_EQ(got.window_s, want.window_s);
    EXPECT_EQ(got.select, want.select);
    ASSERT_EQ(got.policies.size(), want.policies.size());
    for (std::size_t i = 0; i < want.policies.size(); ++i) {
      EXPECT_EQ(got.policies[i].kind, want.policies[i].kind);
      EXPECT_EQ(got.policies[i].value, want.policies[i].value);
      EXPECT_EQ(got.policies[i].period_s, want.policies[i].period_s);
    }
  }
}

/// A whole pass: the spec, the controller, the state before and what is seen.
struct Case {
  Spec spec;
  Controller controller;
  State state;
  Observation seen;
};

void add_metric(const Node& node, const Node& reported, Case& built) {
  MetricSpec metric;
  Reading reading;
  const std::string type = text(node["type"]);
  metric.name = node["resource"] ? text(node["resource"]) : "qps";
  metric.kind = type == "resource" ? MetricKind::resource : type == "container_resource" ? MetricKind::container_resource : type == "pods" ? MetricKind::pods
                : type == "object" ? MetricKind::object : type == "external" ? MetricKind::external : MetricKind::unknown;
  if (node["container"]) metric.container = text(node["container"]);
  const char* key = node["target_pct"] ? "target_pct" : node["target_value_m"] ? "target_value_m" : "target_avg_m";
  metric.target = node["target_pct"] ? TargetKind::utilization : node["target_value_m"] ? TargetKind::value : TargetKind::average_value;
  if (node[key]) metric.target_value = integer(node[key]);
  if (node["fetch_error"]) reading.error = text(node["fetch_error"]);
  for (std::size_t i = 0; i < reported.size(); ++i) {
    const std::int64_t value = integer(reported[i]);
    reading.values_m.push_back(value);
    const std::string pod = i < built.seen.pods.size() ? built.seen.pods[i].name : "test-pod-" + std::to_string(i);
    reading.pods.push_back({pod, value, kNow, std::chrono::seconds(60)});
  }
  if (reported.size() > 0) reading.value_m = integer(reported[0]);
  built.spec.metrics.push_back(metric);
  built.seen.readings.push_back(reading);
}

Case case_of(const Node& node, int minor) {
  Case built{{}, upstream(minor), {}, {}};
  built.spec.min = number(node["min"]);
  built.spec.max = number(node["max"]);
  built.seen.pods = pods_of(node["pods"]);
  built.seen.scale.spec_replicas = number(node["spec_replicas"]);
  built.seen.scale.status_replicas = number(node["status_replicas"]);
  built.seen.scale.selector = node["selector"] ? text(node["selector"]) : "name=test-pod";
  if (built.seen.scale.selector == "cheddar cheese") built.seen.scale.selector_error = "cannot be parsed";
  if (node["scale_get_error"]) built.seen.scale.error = text(node["scale_get_error"]);
  if (node["scale_update_error"]) built.seen.write.error = text(node["scale_update_error"]);
  if (node["ambiguous_selector"]) built.seen.ambiguous_with = "test-namespace/other";
  const Node reported = node["reported_m"];
  for (std::size_t i = 0; i < reported.size(); ++i) {
    const std::int64_t half = integer(reported[i]) / 2 * 1'000'000;
    built.seen.usage.push_back({"test-pod-" + std::to_string(i), kNow, std::chrono::seconds(60), {{"container1", half, {}}, {"container2", half, {}}}});
  }
  for (const auto& metric : node["metrics_spec"]) add_metric(metric, reported, built);
  if (given(node["history"])) built.state.memory.recommendations = history_of(node["history"]);
  if (given(node["behavior"])) built.spec.behavior = Behavior{rules_of(node["behavior"]["scale_up"]), rules_of(node["behavior"]["scale_down"])};
  if (node["gate"]) built.controller.scale_to_zero = node["gate"].as<bool>();
  if (node["tolerance_gate"]) built.controller.configurable_tolerance = node["tolerance_gate"].as<bool>();
  for (const auto& condition : node["initial"]) {
    built.state.status.conditions.push_back({text(condition.first), text(condition.second.IsSequence() ? condition.second[0] : condition.second) == "True", "", "", kNow});
  }
  built.spec = with_defaults(built.spec);
  return built;
}

void expect_pass(const Node& node, int minor) {
  SCOPED_TRACE(text(node["name"]));
  const Case built = case_of(node, minor);
  const Decision got = decide(built.spec, built.controller, built.state, built.seen, kNow);
  const Node expect = node["expect"];
  const int wanted = number(expect["desired"]);
  EXPECT_EQ(got.written.value_or(built.seen.scale.spec_replicas), wanted);
  for (const auto& condition : expect["conditions"]) {
    bool found = false;
    for (const auto& each : got.next.status.conditions) {
      if (each.type != text(condition.first)) continue;
      found = true;
      EXPECT_EQ(each.status ? "True" : "False", text(condition.second[0])) << each.type;
      EXPECT_EQ(each.reason, text(condition.second[1])) << each.type << ": " << each.message;
    }
    EXPECT_TRUE(found) << text(condition.first);
  }
  if (expect["cpu_pct"]) {
    ASSERT_FALSE(got.next.status.metrics.empty());
    EXPECT_EQ(got.next.status.metrics[0]->utilization_pct, number(expect["cpu_pct"]));
  }
}

TEST(Vectors, WholePassesAsOf128) {
  for (const auto& each : groups()["reconcile"]) expect_pass(each, 28);
}
TEST(Vectors, WholePassesAsOf137) {
  for (const auto& each : groups()["reconcile_1_37"]) expect_pass(each, 37);
}
TEST(Vectors, EveryGroupIsRead) {
  std::size_t cases = 0;
  for (const auto& group : groups()) cases += group.second.size();
  EXPECT_EQ(groups().size(), 13U);
  EXPECT_EQ(cases, 287U);
}
}  // namespace
}  // namespace headroom::hpa
