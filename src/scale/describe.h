// Decisions in the words of `kubectl describe hpa`, and as a run file keeps them.
#pragma once
#include <string>
#include <vector>

#include "hpa/spec.h"
#include "hpa/state.h"
#include "run/rows.h"

namespace headroom::scale {
/// What changed since `before`: a line of metrics and replicas, each condition whose status, reason or message is new, each event.
/// Nothing when nothing did. controller_s: seconds of controller time since the start.
[[nodiscard]] std::vector<std::string> describe(const hpa::Spec& spec, const hpa::Status& before, const hpa::Decision& decision,
                                                double controller_s);

/// "cpu: 45%/60%, memory: 12%/70%", as the TARGETS column of `kubectl get hpa`; <unknown> where a metric failed.
[[nodiscard]] std::string targets(const hpa::Spec& spec, const hpa::Status& status);

/// The row of a run file; t_ns is left to the caller. ready: replicas that were ready when it was decided.
[[nodiscard]] run::HpaPass to_row(const hpa::Spec& spec, const hpa::Decision& decision, int ready);
}  // namespace headroom::scale
