// Whether the generator itself can be believed: a decision over what it measured about itself.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "load/recorder.h"
#include "stats/histogram.h"
#include "stats/slo.h"

namespace headroom::load {
/// Collected over steady slices.
struct GeneratorFacts {
  Duration span{};              // thread time: a slice of 1 s of each of two threads adds 2 s
  Duration cpu{};
  Duration waited{};            // runnable, without a CPU
  Duration busy_span{};         // of span: slices in which a thread used 90 % of a core or more
  stats::Histogram lag;         // sent - intended of what did not wait for a connection
  stats::Histogram latency;
  std::uint64_t requests = 0;
  std::uint64_t queued = 0;     // waited for a connection
  std::uint64_t never_sent = 0;
  Duration wall{};              // of the steady parts
  std::optional<Duration> throttled;  // by the cgroup, within `wall`

  void add(const Slice& slice);
  void merge(const GeneratorFacts& other);
  [[nodiscard]] double cpu_share() const { return span > Duration::zero() ? seconds(cpu) / seconds(span) : 0; }
};

/// The reasons for which it cannot be believed; empty = it can. The rules, as docs/statistics.md gives them:
///  1. busy: threads used 90 % of a core or more in over a tenth of the time;
///  2. late: p99 of the send lag is over 1 ms, over a tenth of p99 latency, and over a twentieth of the SLO's smallest latency limit
///     (less than that cannot change the SLO's verdict);
///  3. throttled: its cgroup's CPU quota held it for over 5 % of the time;
///  4. out of memory for arrivals: some were never sent while it was not the connections that lacked.
[[nodiscard]] std::vector<std::string> generator_reasons(const GeneratorFacts& facts, const stats::Slo& slo);
}  // namespace headroom::load
