// A client's side of HTTP/1.1: one response after another taken from a connection's bytes, within limits.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "http/chunked.h"
#include "http/grammar.h"

namespace headroom::http {
struct ResponseLimits {
  std::size_t max_head = 64U << 10U;           // status line and fields
  std::size_t max_fields = 200;
  std::uint64_t max_body = 256ULL << 20U;      // a longer body is an error
  std::size_t keep_body = 1U << 20U;           // of the body, what body() has; the rest is read over
};

/// Why bytes are no response; short texts that a table of errors can show ("bad status line", "body over the limit").
struct ResponseError {
  const char* reason;
};

/// What a client needs of a head. The views borrow from the parser, until the next start().
struct ResponseHead {
  int status = 0;            // 200 … 599; interim 1xx responses are read over
  int minor_version = 1;     // HTTP/1.x
  bool keep_alive = true;    // the connection may be used again once done()
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  std::string_view server_timing;  // all Server-Timing fields' first; see http/server_timing.h
  std::string_view content_type;
  std::string_view retry_after;
  std::string_view location;
  std::vector<Field> fields;  // all of them, in order
};

/// Takes one response at a time. Memory: the head and at most keep_body; both are reused from response to response.
/// After an error the connection must be closed. Not thread-safe.
class ResponseParser {
 public:
  explicit ResponseParser(const ResponseLimits& limits = {}) : limits_(limits) {}

  /// Begin the next response. head_request: it answers a HEAD, so no body follows whatever the fields say.
  void start(bool head_request = false);

  /// Takes bytes from the front of `input`; the number taken. Less than all only when done(): the rest is the next response's.
  [[nodiscard]] expected<std::size_t, ResponseError> feed(std::string_view input);

  /// The peer closed. Completes a body that is framed by the close; an error if the response is cut off
  /// ("closed without an answer" when not a byte of it has come).
  [[nodiscard]] expected<void, ResponseError> finish();

  [[nodiscard]] bool head_done() const noexcept { return at_ > At::head; }
  [[nodiscard]] bool done() const noexcept { return at_ == At::done; }
  /// Only once head_done().
  [[nodiscard]] const ResponseHead& head() const noexcept { return head_; }
  [[nodiscard]] std::string_view body() const noexcept { return body_; }
  [[nodiscard]] std::uint64_t body_size() const noexcept { return body_size_; }
  /// The value of the first field of that name (lower case), or empty.
  [[nodiscard]] std::string_view field(std::string_view name) const noexcept;

 private:
  enum class At : std::uint8_t { head, counted, chunked, until_close, done };
  [[nodiscard]] expected<std::size_t, ResponseError> feed_head(std::string_view input);
  [[nodiscard]] expected<void, ResponseError> parse_head();
  [[nodiscard]] expected<void, ResponseError> note(const Field& field);
  [[nodiscard]] expected<std::size_t, ResponseError> feed_chunked(std::string_view input);
  [[nodiscard]] expected<void, ResponseError> keep(std::string_view data);
  void frame();

  ResponseLimits limits_;
  At at_ = At::head;
  bool head_request_ = false;
  std::string text_;  // the head's bytes
  std::string body_;
  std::uint64_t body_size_ = 0;
  std::uint64_t left_ = 0;  // of a counted body
  ResponseHead head_;
  ChunkDecoder chunks_;
};
}  // namespace headroom::http
