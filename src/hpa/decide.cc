#include "hpa/decide.h"

#include <algorithm>
#include <utility>

#include "hpa/metrics.h"
#include "hpa/policy.h"
#include "hpa/recommend.h"
#include "hpa/stabilize.h"

namespace headroom::hpa {
namespace {
/// One pass in the making: its steps are the functions below, in upstream's order.
struct Pass {
  const Spec& spec;
  const Controller& controller;
  const Observation& seen;
  const Status& before;
  Instant now;
  std::int32_t min;
  std::int32_t current;
  Memory memory;
  Status status;
  Decision decision;

  void condition(const char* type, bool value, std::string reason, std::string message);
  void event(bool warning, std::string reason, std::string message) {
    decision.events.push_back({warning, std::move(reason), std::move(message)});
  }
  [[nodiscard]] bool condition_is_true(const char* type) const {
    return std::any_of(status.conditions.begin(), status.conditions.end(),
                       [&](const Condition& each) { return each.type == type && each.status; });
  }
  [[nodiscard]] bool may_reach_zero() const {
    return std::any_of(spec.metrics.begin(), spec.metrics.end(), [](const MetricSpec& metric) {
      return metric.kind == MetricKind::object || metric.kind == MetricKind::external;
    });
  }
};

void Pass::condition(const char* type, bool value, std::string reason, std::string message) {
  auto found = std::find_if(status.conditions.begin(), status.conditions.end(),
                            [&](const Condition& each) { return each.type == type; });
  if (found == status.conditions.end()) {
    status.conditions.push_back({type, value, std::move(reason), std::move(message), now});
    return;
  }
  if (found->status != value) found->since = now;
  found->status = value;
  found->reason = std::move(reason);
  found->message = std::move(message);
}

/// The status goes out only if something in it changed; a write that fails leaves the stored one as it was.
Decision finish(Pass& pass) {
  pass.decision.next.memory = std::move(pass.memory);
  if (pass.status == pass.before) {
    pass.decision.next.status = pass.before;
  } else if (pass.seen.status_write_error) {
    pass.event(true, "FailedUpdateStatus", *pass.seen.status_write_error);
    pass.decision.next.status = pass.before;
  } else {
    pass.decision.status_written = true;
    pass.decision.next.status = std::move(pass.status);
  }
  return std::move(pass.decision);
}

/// False, with condition and events, if the pods cannot be told by the selector.
bool selector_is_usable(Pass& pass) {
  const auto& scale = pass.seen.scale;
  const auto refuse = [&](const char* reason, const char* event, const std::string& condition, const std::string& error) {
    pass.event(true, event, error);
    pass.condition("ScalingActive", false, reason, condition);
    pass.event(true, "FailedComputeMetricsReplicas", error);
    return false;
  };
  if (scale.selector.empty()) {
    return refuse("InvalidSelector", "SelectorRequired", "the HPA target's scale is missing a selector", "selector is required");
  }
  if (scale.selector_error) {
    const std::string text = "couldn't convert selector into a corresponding internal selector object: " + *scale.selector_error;
    return refuse("InvalidSelector", "InvalidSelector", text, text);
  }
  if (pass.seen.ambiguous_with) {
    const std::string text = "pods by selector " + scale.selector + " are controlled by more than one HPA (e.g. [" +
                             *pass.seen.ambiguous_with + " default/" + pass.spec.target_name + "])";
    return refuse("AmbiguousSelector", "AmbiguousSelector", text, text);
  }
  return true;
}

/// The highest proposal of all metrics, or nullopt when they allow no decision: all failed, or some failed and the rest would
/// scale down. A first proposal of 0 gives way to any later one.
std::optional<Proposal> compute(Pass& pass) {
  const Crowd crowd{pass.seen.pods, pass.current, tolerance_of(pass.spec, pass.controller), pass.controller, pass.now};
  static const Reading kNothing;
  Proposal best;
  std::optional<MetricFailure> first_failure;
  std::size_t failed = 0;
  std::vector<std::optional<MetricStatus>> statuses(pass.spec.metrics.size());
  for (std::size_t i = 0; i < pass.spec.metrics.size(); ++i) {
    const Reading& reading = i < pass.seen.readings.size() ? pass.seen.readings[i] : kNothing;
    auto proposal = propose(pass.spec.metrics[i], reading, pass.seen, crowd);
    if (!proposal) {
      pass.event(true, proposal.error().reason, proposal.error().inner);
      if (failed++ == 0) first_failure = std::move(proposal).error();
      continue;
    }
    statuses[i] = std::move(proposal->status);
    if (best.replicas == 0 || proposal->replicas > best.replicas) best = {proposal->replicas, std::move(proposal->text)};
  }
  pass.status.metrics = std::move(statuses);
  if (failed == pass.spec.metrics.size() || (failed > 0 && best.replicas < pass.current)) {
    pass.condition("ScalingActive", false, first_failure->reason,
                   "the HPA was unable to compute the replica count: " + first_failure->inner);
    pass.event(true, "FailedComputeMetricsReplicas",
               "invalid metrics (" + std::to_string(failed) + " invalid out of " + std::to_string(pass.spec.metrics.size()) +
                   "), first error is: " + first_failure->message);
    return std::nullopt;
  }
  pass.condition("ScalingActive", true, "ValidMetricFound",
                 "the HPA was able to successfully calculate a replica count from " + best.metric);
  return best;
}

void note_stabilized(Pass& pass, std::int32_t wanted, std::int32_t stabilized, bool upward) {
  if (stabilized == wanted) {
    pass.condition("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size");
  } else if (upward) {
    pass.condition("AbleToScale", true, "ScaleUpStabilized",
                   "recent recommendations were lower than current one, applying the lowest recent recommendation");
  } else {
    pass.condition("AbleToScale", true, "ScaleDownStabilized",
                   "recent recommendations were higher than current one, applying the highest recent recommendation");
  }
}

std::int32_t normalize(Pass& pass, std::int32_t wanted) {
  const Bounds bounds{pass.min, pass.spec.max};
  auto& past = *pass.memory.recommendations;
  Limited limited;
  Stabilized stabilized;
  if (pass.spec.behavior) {
    const Behavior& behavior = *pass.spec.behavior;
    const Windows windows{std::chrono::seconds(behavior.up.window_s.value_or(0)),
                          behavior.down.window_s ? Duration(std::chrono::seconds(*behavior.down.window_s))
                                                 : pass.controller.downscale_stabilization};
    stabilized = stabilize(std::move(past), wanted, pass.current, windows, pass.now);
    note_stabilized(pass, wanted, stabilized.replicas, wanted >= pass.current);
    limited = limit_rate(pass.current, stabilized.replicas, bounds, behavior, pass.memory, pass.now);
  } else {
    stabilized = stabilize(std::move(past), wanted, pass.controller.downscale_stabilization, pass.now);
    note_stabilized(pass, wanted, stabilized.replicas, false);
    limited = limit_plain(pass.current, stabilized.replicas, bounds, pass.controller);
  }
  past = std::move(stabilized.recommendations);
  pass.condition("ScalingLimited", limited.replicas != stabilized.replicas, reason(limited.limit), message(limited.limit));
  return limited.replicas;
}

void set_status(Pass& pass, std::int32_t desired, bool rescaled) {
  pass.status.current = pass.current;
  pass.status.desired = desired;
  if (rescaled) pass.status.last_scale = pass.now;
}

void note_zero(Pass& pass, std::int32_t desired) {
  if (!pass.controller.scale_to_zero || pass.controller.minor < 36) return;
  const bool to_zero = pass.current > 0 && desired == 0 && pass.min == 0 && pass.may_reach_zero();
  pass.condition("ScaledToZero", to_zero, to_zero ? "ScaledToZero" : "NotScaledToZero",
                 to_zero ? "the HPA controller scaled the workload to zero" : "the HPA controller did not scale the workload to zero");
}

Decision rescale(Pass& pass, std::int32_t desired, const std::string& why) {
  const auto& write = pass.seen.write;
  if (write.at) pass.now = *write.at;
  const std::string size = "New size: " + std::to_string(desired) + "; reason: " + why;
  if (write.error) {
    pass.event(true, "FailedRescale", size + "; error: " + *write.error);
    pass.condition("AbleToScale", false, "FailedUpdateScale",
                   "the HPA controller was unable to update the target scale: " + *write.error);
    set_status(pass, pass.status.desired, false);
    return finish(pass);
  }
  pass.condition("AbleToScale", true, "SucceededRescale",
                 "the HPA controller was able to update the target scale to " + std::to_string(desired));
  pass.event(false, "SuccessfulRescale", size);
  if (pass.spec.behavior) store_event(pass.memory, *pass.spec.behavior, pass.current, desired, pass.now);
  note_zero(pass, desired);
  pass.decision.written = desired;
  set_status(pass, desired, true);
  return finish(pass);
}

/// With the gate, a scale of zero is left alone unless the HPA itself made it; before 1.36 unless min is 0.
bool disabled_at_zero(const Pass& pass, bool by_us) {
  if (pass.current != 0) return false;
  if (pass.controller.minor < 36) return pass.min != 0;
  return !(by_us && (pass.min != 0 || pass.may_reach_zero()));
}

Decision from_metrics(Pass& pass, bool by_us) {
  std::optional<Proposal> proposal;
  if (selector_is_usable(pass)) proposal = compute(pass);
  if (!proposal) {
    set_status(pass, pass.status.desired, false);
    return finish(pass);
  }
  pass.decision.proposal = proposal;
  const std::int32_t wanted = std::max(0, proposal->replicas);
  std::string why;
  if (wanted > pass.current) why = proposal->metric + " above target";
  if (wanted < pass.current) why = "All metrics below target";
  std::int32_t desired = normalize(pass, wanted);
  if (pass.current == 0 && pass.min != 0 && by_us) desired = std::max(desired, pass.min);
  if (desired != pass.current) return rescale(pass, desired, why);
  set_status(pass, desired, false);
  return finish(pass);
}
}  // namespace

Decision decide(const Spec& spec, const Controller& controller, const State& state, const Observation& seen, Instant now) {
  Pass pass{spec, controller, seen, state.status, now, spec.min.value_or(1), seen.scale.spec_replicas, state.memory, state.status, {}};
  if (seen.generation) pass.status.observed_generation = seen.generation;
  if (seen.scale.error) {
    pass.event(true, "FailedGetScale", *seen.scale.error);
    pass.condition("AbleToScale", false, "FailedGetScale",
                   "the HPA controller was unable to get the target's current scale: " + *seen.scale.error);
    return finish(pass);
  }
  pass.condition("AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
  if (!pass.memory.recommendations) pass.memory.recommendations = {{pass.current, now}};
  const bool gate = controller.scale_to_zero && controller.minor >= 36;
  if (!gate) std::erase_if(pass.status.conditions, [](const Condition& each) { return each.type == "ScaledToZero"; });
  const bool by_us = gate && pass.condition_is_true("ScaledToZero");
  pass.status.metrics.clear();
  if (disabled_at_zero(pass, by_us)) {
    pass.condition("ScalingActive", false, "ScalingDisabled",
                   "scaling is disabled since the replica count of the target is zero");
    set_status(pass, 0, false);
    return finish(pass);
  }
  if (pass.current > spec.max) return rescale(pass, spec.max, "Current number of replicas above Spec.MaxReplicas");
  if (pass.current < pass.min && pass.current != 0) {
    return rescale(pass, pass.min, "Current number of replicas below Spec.MinReplicas");
  }
  return from_metrics(pass, by_us);
}
}  // namespace headroom::hpa
