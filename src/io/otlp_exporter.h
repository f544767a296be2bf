// Delivers spans to a collector over OTLP/HTTP, in a thread of its own, without ever making anybody wait.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "base/time.h"
#include "io/http_client.h"
#include "telemetry/otel_config.h"
#include "telemetry/otlp.h"
#include "telemetry/request_record.h"
#include "telemetry/span.h"

namespace headroom::io {
struct OtlpExporterOptions {
  HttpUrl url;
  telemetry::Headers headers;
  std::string certificates;                 // path; "" = the system's
  Duration timeout = std::chrono::seconds(10);  // of one request
  telemetry::BatchLimits batch;             // batch.timeout: of one batch with all its retries
  telemetry::Resource resource;
  telemetry::SpanCatalog catalog;
  std::uint64_t seed = 1;                   // of the back-off's jitter
};

struct ExportCounts {
  std::uint64_t exported = 0;   // taken by the collector
  std::uint64_t rejected = 0;   // refused by it: partial success, or a status that is not to be retried
  std::uint64_t dropped = 0;    // the queue was full, or they waited at the end
  std::uint64_t failures = 0;   // batches that were given up
  std::string last_trouble;     // "connection refused"
};

/// add() from any thread: copies, never waits. Records wait as they are, 350 bytes each, and become spans when they are sent.
/// Retried: 429, 502, 503, 504 and lost connections, with jittered exponential back-off or after Retry-After; so a span may arrive twice.
class OtlpExporter {
 public:
  explicit OtlpExporter(OtlpExporterOptions options);
  ~OtlpExporter();  // stop(0)
  OtlpExporter(const OtlpExporter&) = delete;
  OtlpExporter& operator=(const OtlpExporter&) = delete;

  void add(const telemetry::RequestRecord& record);
  void add(telemetry::Span span);
  [[nodiscard]] ExportCounts counts() const;
  /// Sends what waits, for at most `patience`; the rest counts as dropped.
  void stop(Duration patience);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::io
