#include "telemetry/otlp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

namespace headroom::telemetry {
namespace {
constexpr std::string_view kScope = "headroom";

// Field numbers of opentelemetry-proto's trace.proto, common.proto, resource.proto and trace_service.proto (stable since 1.0).
namespace field {
constexpr std::uint32_t resource_spans = 1;                                    // ExportTraceServiceRequest
constexpr std::uint32_t resource = 1, scope_spans = 2;                         // ResourceSpans
constexpr std::uint32_t resource_attributes = 1;                               // Resource
constexpr std::uint32_t scope = 1, spans = 2;                                  // ScopeSpans
constexpr std::uint32_t scope_name = 1;                                        // InstrumentationScope
constexpr std::uint32_t trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, kind = 6, start = 7, end = 8, attributes = 9,
                        status = 15, flags = 16;                               // Span
constexpr std::uint32_t message = 2, code = 3;                                 // Status
constexpr std::uint32_t key = 1, value = 2;                                    // KeyValue
constexpr std::uint32_t string_value = 1, bool_value = 2, int_value = 3, double_value = 4;  // AnyValue
constexpr std::uint32_t partial_success = 1, rejected_spans = 1, error_message = 2;         // ExportTraceServiceResponse
}  // namespace field
constexpr int kStatusError = 2;
constexpr std::uint32_t kSampledFlag = 1;  // of W3C, which Span.flags repeats

template <std::size_t n>
bool is_zero(const std::array<std::uint8_t, n>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

void write_value(protozero::pbf_writer& parent, const AttributeValue& value) {
  protozero::pbf_writer any(parent, field::value);
  if (const auto* text = std::get_if<std::string>(&value)) any.add_string(field::string_value, *text);
  else if (const auto* number = std::get_if<double>(&value)) any.add_double(field::double_value, *number);
  else if (const auto* integer = std::get_if<std::int64_t>(&value)) any.add_int64(field::int_value, *integer);
  else any.add_bool(field::bool_value, std::get<bool>(value));
}

void write_attribute(protozero::pbf_writer& parent, std::uint32_t tag, const std::string& key, const AttributeValue& value) {
  protozero::pbf_writer pair(parent, tag);
  pair.add_string(field::key, key);
  write_value(pair, value);
}

void write_span(protozero::pbf_writer& parent, const Span& span) {
  protozero::pbf_writer out(parent, field::spans);
  const auto bytes = [](const auto& id) { return reinterpret_cast<const char*>(id.bytes.data()); };
  out.add_bytes(field::trace_id, bytes(span.trace_id), span.trace_id.bytes.size());
  out.add_bytes(field::span_id, bytes(span.id), span.id.bytes.size());
  if (!is_zero(span.parent.bytes)) out.add_bytes(field::parent_span_id, bytes(span.parent), span.parent.bytes.size());
  out.add_string(field::name, span.name);
  out.add_enum(field::kind, static_cast<int>(span.kind));
  out.add_fixed64(field::start, static_cast<std::uint64_t>(span.start_ns));
  out.add_fixed64(field::end, static_cast<std::uint64_t>(span.end_ns));
  for (const auto& [key, value] : span.attributes) write_attribute(out, field::attributes, key, value);
  if (span.failed) {
    protozero::pbf_writer status(out, field::status);
    if (!span.message.empty()) status.add_string(field::message, span.message);
    status.add_enum(field::code, kStatusError);
  }
  out.add_fixed32(field::flags, kSampledFlag);
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      out += "\\u00";
      (out += digits[byte >> 4U]) += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

template <std::size_t n>
void append_hex(std::string& out, const std::array<std::uint8_t, n>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const auto byte : bytes) (out += digits[byte >> 4U]) += digits[byte & 15U];
  out += '"';
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) out += "\"NaN\"";  // as proto3's JSON writes them
  else if (std::isinf(value)) out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  else {
    std::array<char, 32> text;
    out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
  }
}

void append_attribute(std::string& out, const std::string& key, const AttributeValue& value) {
  out += R"({"key":)";
  append_text(out, key);
  out += R"(,"value":{)";
  if (const auto* text = std::get_if<std::string>(&value)) {
    out += R"("stringValue":)";
    append_text(out, *text);
  } else if (const auto* number = std::get_if<double>(&value)) {
    out += R"("doubleValue":)";
    append_double(out, *number);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    out += R"("intValue":")" + std::to_string(*integer) + '"';
  } else {
    out += std::get<bool>(value) ? R"("boolValue":true)" : R"("boolValue":false)";
  }
  out += "}}";
}

void append_span(std::string& out, const Span& span) {
  out += R"({"traceId":)";
  append_hex(out, span.trace_id.bytes);
  out += R"(,"spanId":)";
  append_hex(out, span.id.bytes);
  if (!is_zero(span.parent.bytes)) {
    out += R"(,"parentSpanId":)";
    append_hex(out, span.parent.bytes);
  }
  out += R"(,"flags":1,"name":)";
  append_text(out, span.name);
  out += R"(,"kind":)" + std::to_string(static_cast<int>(span.kind));
  out += R"(,"startTimeUnixNano":")" + std::to_string(span.start_ns) + R"(","endTimeUnixNano":")" + std::to_string(span.end_ns) + '"';
  out += R"(,"attributes":[)";
  for (std::size_t i = 0; i < span.attributes.size(); ++i) {
    if (i) out += ',';
    append_attribute(out, span.attributes[i].key, span.attributes[i].value);
  }
  out += R"(],"status":{)";
  if (span.failed) {
    if (!span.message.empty()) {
      out += R"("message":)";
      append_text(out, span.message);
      out += ',';
    }
    out += R"("code":2)";
  }
  out += "}}";
}
}  // namespace

Resource make_resource(const OtelConfig& config, std::string_view version, std::string_view instance_id) {
  Resource resource{{"service.name", config.service_name},
                    {"service.version", std::string(version)},
                    {"service.instance.id", std::string(instance_id)},
                    {"telemetry.sdk.name", "headroom"},
                    {"telemetry.sdk.language", "cpp"},
                    {"telemetry.sdk.version", std::string(version)}};
  for (const auto& [key, value] : config.resource) {
    const auto same = std::find_if(resource.begin(), resource.end(), [&key = key](const auto& pair) { return pair.first == key; });
    if (same == resource.end()) resource.emplace_back(key, value);
    else if (key != "service.name") same->second = value;  // OTEL_SERVICE_NAME stands above, and has been looked at
  }
  return resource;
}

std::string otlp_protobuf(const Resource& resource, std::span<const Span> spans) {
  std::string out;
  protozero::pbf_writer request(out);
  protozero::pbf_writer resource_spans(request, field::resource_spans);
  {
    protozero::pbf_writer who(resource_spans, field::resource);
    for (const auto& [key, value] : resource) write_attribute(who, field::resource_attributes, key, value);
  }
  protozero::pbf_writer scope_spans(resource_spans, field::scope_spans);
  {
    protozero::pbf_writer scope(scope_spans, field::scope);
    scope.add_string(field::scope_name, kScope.data(), kScope.size());
  }
  for (const auto& span : spans) write_span(scope_spans, span);
  scope_spans.commit();
  resource_spans.commit();
  return out;
}

std::string otlp_json(const Resource& resource, std::span<const Span> spans) {
  std::string out = R"({"resourceSpans":[{"resource":{"attributes":[)";
  for (std::size_t i = 0; i < resource.size(); ++i) {
    if (i) out += ',';
    append_attribute(out, resource[i].first, resource[i].second);
  }
  out += R"(]},"scopeSpans":[{"scope":{"name":")" + std::string(kScope) + R"("},"spans":[)";
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i) out += ',';
    append_span(out, spans[i]);
  }
  return out + "]}]}]}";
}

ExportAnswer read_export_answer(std::string_view protobuf) {
  ExportAnswer answer;
  try {
    protozero::pbf_reader response(protobuf.data(), protobuf.size());
    while (response.next(field::partial_success, protozero::pbf_wire_type::length_delimited)) {
      protozero::pbf_reader partial = response.get_message();
      while (partial.next()) {
        if (partial.tag_and_type() == protozero::tag_and_type(field::rejected_spans, protozero::pbf_wire_type::varint)) {
          answer.rejected = static_cast<std::uint64_t>(std::max<std::int64_t>(0, partial.get_int64()));
        } else if (partial.tag_and_type() == protozero::tag_and_type(field::error_message, protozero::pbf_wire_type::length_delimited)) {
          answer.message = partial.get_string().substr(0, 512);
        } else {
          partial.skip();
        }
      }
    }
  } catch (const protozero::exception&) {
    return {};
  }
  return answer;
}
}  // namespace headroom::telemetry
