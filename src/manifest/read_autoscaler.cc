#include <algorithm>
#include <limits>

#include "manifest/kinds.h"

namespace headroom::manifest {
namespace {
constexpr std::int64_t kMostInt = std::numeric_limits<std::int32_t>::max();

/// metric {name, selector}: the selector's matchLabels, where there is one.
void read_metric_name(const Cursor& source, hpa::MetricSpec& metric) {
  const Cursor named = source.need("metric");
  named.only({"name", "selector"});
  metric.name = named.need("name").text();
  if (const auto selector = named.find("selector")) {
    selector->only({"matchLabels", "matchExpressions"});
    if (selector->find("matchExpressions")) selector->need("matchExpressions").refuse("metric selectors are read by matchLabels only");
    metric.match_labels.emplace();
    if (const auto labels = selector->find("matchLabels")) metric.match_labels = labels->texts();
  }
}

struct Allowed {
  bool utilization = false;
  bool average_value = false;
  bool value = false;
};

std::int64_t positive_milli(const Cursor& field) {
  const hpa::Quantity quantity = field.quantity();
  if (quantity.sign() <= 0) field.refuse("must be positive");
  return quantity.milli();
}

void read_target(const Cursor& source, hpa::MetricSpec& metric, Allowed allowed) {
  const Cursor target = source.need("target");
  target.only({"type", "averageUtilization", "averageValue", "value"});
  (void)target.need("type").word({"Utilization", "AverageValue", "Value"});
  const auto utilization = target.find("averageUtilization");
  const auto average = target.find("averageValue");
  const auto value = target.find("value");
  if (utilization && !allowed.utilization) utilization->refuse("is for metrics of type Resource and ContainerResource");
  if (value && !allowed.value) value->refuse("is for metrics of type Object and External");
  if ((utilization ? 1 : 0) + (average ? 1 : 0) + (value ? 1 : 0) != 1) {
    target.refuse(allowed.utilization ? "must have exactly one of averageUtilization, averageValue"
                                      : allowed.value ? "must have exactly one of value, averageValue" : "averageValue is required");
  }
  if (utilization) {
    metric.target = hpa::TargetKind::utilization;
    metric.target_value = utilization->integer(1, kMostInt);
  } else {
    metric.target = average ? hpa::TargetKind::average_value : hpa::TargetKind::value;
    metric.target_value = positive_milli(average ? *average : *value);
  }
}

hpa::MetricSpec read_metric(const Cursor& item) {
  item.only({"type", "resource", "containerResource", "pods", "object", "external"});
  const std::string type = item.need("type").word({"Resource", "ContainerResource", "Pods", "Object", "External"});
  hpa::MetricSpec metric;
  if (type == "Resource" || type == "ContainerResource") {
    const bool one = type == "ContainerResource";
    const Cursor source = item.need(one ? "containerResource" : "resource");
    one ? source.only({"name", "container", "target"}) : source.only({"name", "target"});
    metric.kind = one ? hpa::MetricKind::container_resource : hpa::MetricKind::resource;
    metric.name = source.need("name").word({"cpu", "memory"});
    if (one) metric.container = source.need("container").name(true);
    read_target(source, metric, {.utilization = true, .average_value = true});
  } else if (type == "Pods") {
    const Cursor source = item.need("pods");
    source.only({"metric", "target"});
    metric.kind = hpa::MetricKind::pods;
    read_metric_name(source, metric);
    read_target(source, metric, {.average_value = true});
  } else if (type == "Object") {
    const Cursor source = item.need("object");
    source.only({"metric", "target", "describedObject"});
    metric.kind = hpa::MetricKind::object;
    const Cursor object = source.need("describedObject");
    object.only({"kind", "name", "apiVersion"});
    metric.object = {object.need("kind").text(), object.need("name").text(), object.find("apiVersion") ? object.need("apiVersion").text() : ""};
    read_metric_name(source, metric);
    read_target(source, metric, {.average_value = true, .value = true});
  } else {
    const Cursor source = item.need("external");
    source.only({"metric", "target"});
    metric.kind = hpa::MetricKind::external;
    read_metric_name(source, metric);
    read_target(source, metric, {.average_value = true, .value = true});
  }
  return metric;
}

hpa::Rules read_rules(const Cursor& given) {
  given.only({"stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance"});
  hpa::Rules rules;
  if (const auto window = given.find("stabilizationWindowSeconds")) rules.window_s = window->integer(0, 3600);
  if (const auto select = given.find("selectPolicy")) {
    const std::string word = select->word({"Max", "Min", "Disabled"});
    rules.select = word == "Max" ? hpa::Select::max : word == "Min" ? hpa::Select::min : hpa::Select::disabled;
  }
  if (const auto tolerance = given.find("tolerance")) rules.tolerance = tolerance->quantity();
  const auto policies = given.find("policies");
  if (!policies) return rules;
  for (const auto& item : policies->items()) {
    item.only({"type", "value", "periodSeconds"});
    hpa::Policy policy;
    policy.kind = item.need("type").word({"Pods", "Percent"}) == "Pods" ? hpa::PolicyKind::pods : hpa::PolicyKind::percent;
    policy.value = item.need("value").integer(1, kMostInt);
    policy.period_s = item.need("periodSeconds").integer(1, 1800);
    rules.policies.push_back(policy);
  }
  if (rules.policies.empty()) policies->refuse("must hold at least one policy; leave it out for the defaults");
  return rules;
}

void read_v2(const Cursor& spec, hpa::Spec& read) {
  spec.only({"scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior"});
  if (const auto metrics = spec.find("metrics")) {
    for (const auto& item : metrics->items()) read.metrics.push_back(read_metric(item));
  }
  if (const auto behavior = spec.find("behavior")) {
    behavior->only({"scaleUp", "scaleDown"});
    read.behavior.emplace();
    if (const auto up = behavior->find("scaleUp")) read.behavior->up = read_rules(*up);
    if (const auto down = behavior->find("scaleDown")) read.behavior->down = read_rules(*down);
  }
}

void read_v1(const Cursor& spec, hpa::Spec& read) {
  spec.only({"scaleTargetRef", "minReplicas", "maxReplicas", "targetCPUUtilizationPercentage"});
  if (const auto percent = spec.find("targetCPUUtilizationPercentage")) {
    read.metrics.push_back({.kind = hpa::MetricKind::resource, .name = "cpu", .target_value = percent->integer(1, kMostInt)});
  }
}
}  // namespace

Autoscaler read_autoscaler(const Cursor& document, bool v1) {
  document.only({"apiVersion", "kind", "metadata", "spec", "status"});
  Autoscaler read;
  read.file = document.file();
  read.line = document.line();
  const Metadata metadata = read_metadata(document);
  read.name = metadata.name;
  read.name_space = metadata.name_space;
  const Cursor spec = document.need("spec");
  v1 ? read_v1(spec, read.spec) : read_v2(spec, read.spec);
  const Cursor target = spec.need("scaleTargetRef");
  target.only({"apiVersion", "kind", "name"});
  read.spec.target_kind = target.need("kind").text();
  read.spec.target_name = target.need("name").text();
  read.spec.max = spec.need("maxReplicas").integer(1, kMostInt);
  if (const auto least = spec.find("minReplicas")) {
    const auto& metrics = read.spec.metrics;
    const bool may_be_zero = std::any_of(metrics.begin(), metrics.end(), [](const hpa::MetricSpec& metric) {
      return metric.kind == hpa::MetricKind::object || metric.kind == hpa::MetricKind::external;
    });
    read.spec.min = least->integer(0, kMostInt);
    if (*read.spec.min == 0 && !may_be_zero) least->refuse("must be at least 1: 0 needs a metric of type Object or External");
    if (*read.spec.min > read.spec.max) least->refuse("must not be above maxReplicas, " + std::to_string(read.spec.max));
  }
  read.spec = hpa::with_defaults(std::move(read.spec));
  return read;
}
}  // namespace headroom::manifest
