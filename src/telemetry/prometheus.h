// What GET /metrics says: counts since the start, as Prometheus text or OpenMetrics.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/request_record.h"

namespace headroom::telemetry {
/// Bucket bounds in nanoseconds: the ones of OpenTelemetry's conventions (5 ms … 10 s) and finer ones below, where a native server lives.
inline constexpr std::array<std::int64_t, 22> kBucketBounds{
    25'000,     50'000,     100'000,     250'000,     500'000,     1'000'000,     2'500'000,     5'000'000,
    10'000'000, 25'000'000, 50'000'000,  75'000'000,  100'000'000, 250'000'000,   500'000'000,   750'000'000,
    1'000'000'000, 2'500'000'000, 5'000'000'000, 7'500'000'000, 10'000'000'000, 30'000'000'000};

/// A histogram as Prometheus has them. counts: not cumulative, the last one is beyond all bounds.
struct BucketCounts {
  std::array<std::uint64_t, kBucketBounds.size() + 1> counts{};
  std::uint64_t n = 0;
  double sum_seconds = 0;
  void add(std::int64_t nanoseconds);
  void merge(const BucketCounts& other);
};

/// Counted from records, never sampled. Trivially small (under 20 KiB), so that a snapshot is a copy.
class RequestMetrics {
 public:
  struct Answered {
    HttpMethod method;
    std::uint16_t status;
    auto operator<=>(const Answered&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
  };
  struct OfRoute {
    std::map<Answered, BucketCounts> answered;  // at most kStatuses; further ones are counted as status 0
    std::array<BucketCounts, kStages> stages;
    std::uint64_t rows = 0;
    std::int64_t last_ns = 0;   // when the newest answered one began, CLOCK_REALTIME
  };
  static constexpr std::size_t kStatuses = 32;

  void add(const RequestRecord& record);
  [[nodiscard]] const OfRoute& of(Route route) const { return routes_[static_cast<std::size_t>(route)]; }

 private:
  std::array<OfRoute, kRoutes> routes_{};
};

/// Read by whoever may touch the system, at the time of the scrape. -1 = not known, and then not told.
struct ProcessFacts {
  double cpu_seconds = -1;
  double start_time_seconds = -1;  // since 1970
  std::int64_t resident_bytes = -1, virtual_bytes = -1;
  std::int64_t open_fds = -1, max_fds = -1;
  std::int64_t threads = -1;
};

/// How telemetry itself fares.
struct SelfTelemetry {
  std::uint64_t records_dropped = 0;  // rings were full
  std::uint64_t spans_exported = 0, spans_dropped = 0, spans_rejected = 0, export_failures = 0;
  std::uint64_t spans_written = 0, trace_file_errors = 0;
};

struct ModelFacts {
  std::string name, version, library, estimator;
};

struct MetricsPage {
  RequestMetrics requests;
  ProcessFacts process;
  SelfTelemetry self;
  std::vector<ModelFacts> models;
  std::uint64_t connections = 0;
  bool healthy = true;
  std::string version;  // of headroom
};

enum class MetricsFormat { prometheus, open_metrics };
/// From the Accept header: OpenMetrics only where it is asked for.
[[nodiscard]] MetricsFormat choose_format(std::string_view accept);
[[nodiscard]] std::string_view content_type(MetricsFormat format);
[[nodiscard]] std::string metrics_text(const MetricsPage& page, MetricsFormat format);
}  // namespace headroom::telemetry
