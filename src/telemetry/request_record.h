// What a server remembers of one request: fixed size, trivially copyable, so that it goes through rings and pipes as bytes.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "telemetry/stage.h"

namespace headroom::telemetry {
/// infer: the Open Inference Protocol's predictions.
enum class Route : std::uint8_t { predict, health, metrics, docs, infer, other };
inline constexpr std::array<std::string_view, 6> kRouteNames{"predict", "health", "metrics", "docs", "infer", "other"};
inline constexpr std::size_t kRoutes = kRouteNames.size();
[[nodiscard]] constexpr std::string_view name(Route route) { return kRouteNames[static_cast<std::size_t>(route)]; }
/// OpenTelemetry's http.route; "" where there is none.
inline constexpr std::array<std::string_view, kRoutes> kRoutePaths{"/predict", "/health", "/metrics", "/docs", "/v2/models/{model}/infer", ""};
[[nodiscard]] constexpr std::string_view path_of(Route route) { return kRoutePaths[static_cast<std::size_t>(route)]; }
/// Whether the model answers: such requests have rows and all stages.
[[nodiscard]] constexpr bool predicts(Route route) { return route == Route::predict || route == Route::infer; }

/// OpenTelemetry's values of http.request.method, in the order of http::Method.
enum class HttpMethod : std::uint8_t { get, head, post, put, del, patch, options, other };
inline constexpr std::array<std::string_view, 8> kMethodNames{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "_OTHER"};
inline constexpr std::size_t kMethods = kMethodNames.size();
[[nodiscard]] constexpr std::string_view name(HttpMethod method) { return kMethodNames[static_cast<std::size_t>(method)]; }

struct TraceId { std::array<std::uint8_t, 16> bytes{}; friend bool operator==(const TraceId&, const TraceId&) = default; };
struct SpanId { std::array<std::uint8_t, 8> bytes{}; friend bool operator==(const SpanId&, const SpanId&) = default; };

/// Input values kept for span attributes (of the first row); the rest is cut.
inline constexpr std::size_t kInputsKept = 16;

/// Times are CLOCK_REALTIME nanoseconds made from one anchor, durations nanoseconds. The stages sum to total_ns.
struct RequestRecord {
  TraceId trace_id{};
  SpanId span_id{};         // of this request's server span
  SpanId parent_span_id{};  // the caller's, all zero if none
  std::int64_t start_ns = 0;  // first byte read
  std::int64_t total_ns = 0;
  std::array<std::int64_t, kStages> stage_ns{};
  std::int64_t predict_cpu_ns = -1;  // thread CPU time of the predict stage; -1 = not measured
  std::uint32_t rows = 0;
  std::uint32_t request_bytes = 0;
  std::uint32_t response_bytes = 0;  // both of the bodies alone
  std::uint32_t in_flight = 0;  // requests of this thread read and not yet answered, this one included
  std::uint16_t status = 0;     // HTTP
  std::uint16_t model = 0;      // which loaded model
  std::uint16_t thread = 0;
  Route route = Route::other;
  bool sampled = true;         // a span is wanted
  HttpMethod method = HttpMethod::get;
  std::uint8_t http_minor = 1; // HTTP/1.this
  std::uint8_t n_inputs = 0;   // of `inputs` that are filled; 0 when inputs are not traced
  std::int32_t predicted = -1; // index into classes; -1 = none
  std::uint32_t error = 0;     // 0 = none; else an http::… code that names the error type
  double result = 0;           // a regressor's answer
  double confidence = 0;
  std::array<double, kInputsKept> inputs{};
};
static_assert(std::is_trivially_copyable_v<RequestRecord>);
}  // namespace headroom::telemetry
