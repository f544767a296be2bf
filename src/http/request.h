// A server's side of HTTP/1.1: request heads, found and taken apart where they lie in memory. Stricter than the standard asks:
// whatever two programs could read differently (RFC 9112 sections 6 and 11.2) is refused, because it is how requests are smuggled.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/expected.h"
#include "http/grammar.h"

namespace headroom::http {
struct Limits {
  std::size_t max_head = 32U << 10U;    // request line and fields, bytes
  std::size_t max_fields = 128;
  std::uint64_t max_body = 1U << 20U;   // bytes, after chunks are undone
};

enum class Method : std::uint8_t { get, head, post, put, del, patch, options, other };

/// Why a request is not served: the status to answer with and a sentence for its sender. The connection closes afterwards.
struct Refusal {
  std::uint16_t status = 400;
  const char* reason = "";
};

/// A request head. All views borrow from the bytes it was parsed from.
struct Head {
  Method method = Method::other;
  std::uint8_t minor_version = 1;  // HTTP/1.x
  bool keep_alive = true;
  bool chunked = false;
  bool has_length = false;
  bool expects_continue = false;
  std::uint64_t content_length = 0;
  std::string_view method_name;
  std::string_view path;   // of the target: "/predict"; "*" for OPTIONS *
  std::string_view query;  // after the "?", or empty
  std::string_view host;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view accept;
  std::string_view origin;
  std::string_view traceparent;
  std::string_view tracestate;
  std::string_view request_id;  // X-Request-Id
  std::string_view lines;       // all field lines, for field()

  /// The value of the first field of that name (lower case), or empty. Searches: for fields that are not on the hot path.
  [[nodiscard]] std::string_view field(std::string_view name) const noexcept;
};

/// Where a head ends, found over several calls without looking at a byte twice.
class HeadScanner {
 public:
  /// bytes: all that has come of this request, from its first byte; only ever longer from call to call.
  /// The size of the head with its empty line, or 0 while it is not complete. Refuses what can be no head as soon as it is seen.
  [[nodiscard]] expected<std::size_t, Refusal> scan(std::string_view bytes, const Limits& limits);
  void reset() noexcept { scanned_ = 0; }

 private:
  std::size_t scanned_ = 0;
};

/// Parses what HeadScanner found. `head` is overwritten. Allocates nothing.
[[nodiscard]] expected<void, Refusal> parse_head(std::string_view bytes, const Limits& limits, Head& head);
}  // namespace headroom::http
