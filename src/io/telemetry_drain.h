// The thread that empties the rings: records become metrics, seconds, spans and frames, off the request path.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/ring.h"
#include "telemetry/aggregate.h"
#include "telemetry/otel_config.h"
#include "telemetry/otlp.h"
#include "telemetry/prometheus.h"
#include "telemetry/sampler.h"
#include "telemetry/span.h"

namespace headroom::io {
using RecordRing = Ring<telemetry::RequestRecord>;

struct TelemetryOptions {
  std::vector<RecordRing*> rings;   // borrowed: they outlive the drain; one producer each
  telemetry::SamplingPolicy sampling;
  telemetry::SpanCatalog catalog;
  telemetry::Resource resource;
  std::string otlp_url;             // "" = no export; an http:// or https:// URL, used as it is
  telemetry::Headers otlp_headers;
  Duration otlp_timeout = std::chrono::seconds(10);
  std::string otlp_certificate;     // path; "" = the system's
  telemetry::BatchLimits batch;
  std::string trace_file;           // "" = none; JSON Lines are appended
  int record_fd = -1;               // -1 = none; frames of telemetry/record_stream.h go there; stays the caller's
  std::string replica;              // name in the first frame
  // Called from the drain's thread; must not wait. Empty = not wanted.
  std::function<void(const telemetry::RouteSecond&)> on_second;
  std::function<void(const telemetry::RequestRecord&)> on_record;  // every record that was kept by `sampling`
};

struct TelemetryError {
  std::string message;  // "cannot append to spans.jsonl: Permission denied"
};

/// Running from start() to stop(). Costs one thread that wakes each 5 ms and reads no socket of requests.
class TelemetryDrain {
 public:
  /// Opens the trace file and checks the URL; the collector itself need not be there.
  static expected<std::unique_ptr<TelemetryDrain>, TelemetryError> start(TelemetryOptions options);
  ~TelemetryDrain();  // stop()
  TelemetryDrain(const TelemetryDrain&) = delete;
  TelemetryDrain& operator=(const TelemetryDrain&) = delete;

  /// Any thread. Up to 5 ms behind.
  [[nodiscard]] telemetry::RequestMetrics requests() const;
  [[nodiscard]] telemetry::SelfTelemetry self() const;
  /// Exports a span that is not made from a record (model_loading). Any thread.
  void add(telemetry::Span span);

  /// Empties the rings a last time, hands out the last seconds, sends what waits (at most 2 s), closes. The producers have stopped.
  void stop();

 private:
  struct Impl;
  explicit TelemetryDrain(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::io
