// The metrics of a spec, all five kinds: what each proposes, how it is reported, how its failure reads.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "hpa/observation.h"
#include "hpa/recommend.h"
#include "hpa/spec.h"
#include "hpa/state.h"

namespace headroom::hpa {
struct MetricProposal {
  std::int32_t replicas = 0;
  std::string text{};  // "cpu resource utilization (percentage of request)"
  MetricStatus status;
};
struct MetricFailure {
  std::string reason{};   // of the condition and the event: FailedGetResourceMetric, …
  std::string inner{};    // their message
  std::string message{};  // the same in the words of the whole pass
};

/// One metric. now: of the pass. status_replicas: scale.status.replicas.
[[nodiscard]] expected<MetricProposal, MetricFailure> propose(const MetricSpec& metric, const Reading& reading, const Observation& seen,
                                                              const Crowd& crowd);
}  // namespace headroom::hpa
