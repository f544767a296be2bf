// One pass of the HorizontalPodAutoscaler, as Kubernetes 1.37 makes it; docs/hpa.md follows it step by step.
#pragma once
#include "hpa/observation.h"
#include "hpa/spec.h"
#include "hpa/state.h"

namespace headroom::hpa {
/// spec: after with_defaults(). Pure: the same arguments give the same decision; `state` is not touched, its successor is
/// Decision::next. Source: Kubernetes v1.37, pkg/controller/podautoscaler.
[[nodiscard]] Decision decide(const Spec& spec, const Controller& controller, const State& state, const Observation& seen, Instant now);
}  // namespace headroom::hpa
