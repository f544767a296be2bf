// A service level objective as people write it: "p95<200ms, errors<0.1%". Pure: what was measured comes in, the verdict goes out.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/time.h"
#include "stats/histogram.h"

namespace headroom::stats {
/// One term. Grammar: METRIC ('<' | '<=' | '>' | '>=') LIMIT, where METRIC and LIMIT are
///   pN (p50, p99.9), mean, min, max   a duration (200ms)        latency: done - intended, failed requests count as the timeout
///   errors                            a percentage (0.1%)       failed / all requests
///   rps                               a rate (1000/s, 1000)     successful and failed requests a second
struct SloTerm {
  enum class Metric : std::uint8_t { quantile, mean, min, max, errors, rps };
  enum class Order : std::uint8_t { below, at_most, above, at_least };
  Metric metric = Metric::quantile;
  double quantile = 0;  // 0 … 1, Metric::quantile only
  Order order = Order::below;
  double limit = 0;  // nanoseconds, fraction of requests, or requests a second
  std::string text;  // as written
};

struct Slo {
  std::vector<SloTerm> terms;
};

struct SloError {
  std::string message;  // names the term and what is allowed
};

/// At most 16 terms, separated by commas; empty text = no terms.
[[nodiscard]] expected<Slo, SloError> parse_slo(std::string_view text);

struct SloScope {
  const Histogram& latency;  // failed and timed-out requests entered as the timeout
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  Duration span{};  // what `requests` took
};
struct SloOutcome {
  std::string term;
  double measured = 0;  // unit as SloTerm::limit
  std::string measured_text;  // "12.5 ms", "0.03%", "812/s"
  bool met = false;
};

/// One outcome a term. A scope without requests meets nothing: nothing was shown.
[[nodiscard]] std::vector<SloOutcome> judge(const Slo& slo, const SloScope& scope);
[[nodiscard]] bool met(const std::vector<SloOutcome>& outcomes);
}  // namespace headroom::stats
