// Spans → OTLP, as protobuf for HTTP and as JSON for files. Source: opentelemetry-proto, trace/v1/trace.proto, docs/specification.md.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/otel_config.h"
#include "telemetry/span.h"

namespace headroom::telemetry {
/// Who speaks: service.name and the like, told once in each message.
using Resource = std::vector<std::pair<std::string, std::string>>;

/// service.*, telemetry.sdk.* and what OTEL_RESOURCE_ATTRIBUTES adds (which wins). instance_id: unique, a UUID or a replica's name.
[[nodiscard]] Resource make_resource(const OtelConfig& config, std::string_view version, std::string_view instance_id);

/// An ExportTraceServiceRequest (the same bytes as TracesData).
[[nodiscard]] std::string otlp_protobuf(const Resource& resource, std::span<const Span> spans);
/// One line of a TracesData JSON Lines file, without the newline.
[[nodiscard]] std::string otlp_json(const Resource& resource, std::span<const Span> spans);

/// What the collector answered with status 200: spans it refused (partial_success) and why. Bytes that are no such message give zero.
struct ExportAnswer {
  std::uint64_t rejected = 0;
  std::string message;  // cut at 512 bytes
};
[[nodiscard]] ExportAnswer read_export_answer(std::string_view protobuf);
}  // namespace headroom::telemetry
