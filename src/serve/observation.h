// What becomes of request records: metrics, spans, the run file, the parent's pipe, the access log. Off the request path.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/failure.h"
#include "base/ring.h"
#include "base/time.h"
#include "serve/infer_documents.h"
#include "serve/options.h"
#include "serve/startup.h"
#include "telemetry/prometheus.h"
#include "telemetry/request_record.h"
#include "telemetry/sampler.h"

namespace headroom::serve {
using RecordRing = Ring<telemetry::RequestRecord>;

/// What the options and OpenTelemetry's variables come to.
struct TracingPlan {
  telemetry::OtelConfig otel;
  telemetry::SamplingPolicy sampling;
  telemetry::TraceInputs inputs = telemetry::TraceInputs::off;
  std::string otlp_url;      // "" = not exported
  std::string description;   // for the startup block; "" = spans go nowhere
};
/// local: only this machine can call. Pure.
[[nodiscard]] TracingPlan plan_tracing(const Options& options, bool local);

class Observation {
 public:
  /// Starts the thread that empties the rings (borrowed; one for each thread of the server).
  static expected<std::unique_ptr<Observation>, Failure> start(const Options& options, const TracingPlan& plan, const Loaded& loaded,
                                                               const ClockAnchor& anchor, std::vector<std::unique_ptr<RecordRing>>& rings);
  ~Observation();
  Observation(const Observation&) = delete;
  Observation& operator=(const Observation&) = delete;

  /// The text of /metrics. connections and healthy are facts of the moment. Any thread.
  [[nodiscard]] std::string metrics(std::string_view accept, std::size_t connections, bool healthy, std::string& content_type) const;
  /// What the model has answered since the start, by any protocol. Any thread.
  [[nodiscard]] InferCounts infer_counts() const;
  /// Hands out what is left, at most 2 s. The producers have stopped. What could not be written is said in a sentence, or "".
  std::string stop();

 private:
  struct Impl;
  explicit Observation(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::serve
