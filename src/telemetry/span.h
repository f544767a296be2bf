// The product's spans: model_loading; prediction_request with data_preparation and model_inference; health_check.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "telemetry/request_record.h"

namespace headroom::telemetry {
using AttributeValue = std::variant<std::string, std::int64_t, double, bool>;
struct Attribute {
  std::string key;
  AttributeValue value;
};

enum class SpanKind : std::uint8_t { internal = 1, server = 2 };  // numbers of OTLP

/// Times are CLOCK_REALTIME nanoseconds.
struct Span {
  TraceId trace_id{};
  SpanId id{};
  SpanId parent{};  // all zero: a root
  std::string name{};
  SpanKind kind = SpanKind::internal;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  std::vector<Attribute> attributes{};
  bool failed = false;      // status ERROR
  std::string message{};    // of the status
};

/// What the indexes in a record mean for one loaded model.
struct ModelNames {
  std::string name;
  std::string estimator;
  std::vector<std::string> features;
  std::vector<std::string> classes;  // empty: a regressor
};

/// --trace-inputs. hash: 64 bits of FNV-1a over the value's shortest text, so that equal inputs can be found and values not read at a
/// glance; it is no secret (small domains can be tried out).
enum class TraceInputs : std::uint8_t { on, hash, off };

/// What all spans of a process need; constant once the models are loaded.
struct SpanCatalog {
  std::vector<ModelNames> models;
  TraceInputs inputs = TraceInputs::off;
};

/// The spans of one request: three for predict (parent first), one for health, none for other routes. They start and end where the
/// record's stages do; the server span covers first byte read → last byte written (the accept stage lies before it).
[[nodiscard]] std::vector<Span> spans_of(const RequestRecord& record, const SpanCatalog& catalog);

/// `seed`: random, so that ids are unique.
[[nodiscard]] Span model_loading_span(const ModelNames& model, std::int64_t start_ns, std::int64_t end_ns, std::uint64_t seed);
}  // namespace headroom::telemetry
