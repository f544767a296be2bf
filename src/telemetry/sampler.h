// Which requests become spans. Source: OpenTelemetry, ProbabilitySampler (consistent 56-bit rule) and ParentBased.
#pragma once
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "telemetry/request_record.h"

namespace headroom::telemetry {
struct SamplingPolicy {
  double probability = 1.0;  // 0 … 1, of traces that start here
  bool follow_parent = true; // a caller's traceparent decides instead
  Duration slow = Duration::max();  // requests that take this long are always kept
};

/// Keeps a trace iff the last 56 bits of its id are at least (1-p)·2^56: every server that uses the rule keeps the same traces.
[[nodiscard]] inline bool in_probability(const TraceId& id, double probability) {
  if (probability >= 1) return true;
  if (!(probability > 0)) return false;
  std::uint64_t random = 0;
  for (std::size_t i = 9; i < 16; ++i) random = random << 8U | id.bytes[i];
  return random >= static_cast<std::uint64_t>(std::llround((1 - probability) * 0x1p56));
}

/// At the head of a request, for RequestRecord::sampled. parent_sampled: the flag of the caller's traceparent; none if it sent none.
[[nodiscard]] inline bool sample_at_head(const SamplingPolicy& policy, const TraceId& id, std::optional<bool> parent_sampled) {
  if (policy.follow_parent && parent_sampled) return *parent_sampled;
  return in_probability(id, policy.probability);
}

/// At its end: what failed and what was slow is always kept, if anything is traced at all.
[[nodiscard]] inline bool keep_at_end(const SamplingPolicy& policy, const RequestRecord& record) {
  return record.sampled || record.status >= 500 || record.total_ns >= policy.slow.count();
}
}  // namespace headroom::telemetry
