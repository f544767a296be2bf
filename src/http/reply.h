// Responses on the wire: status line, the usual fields, and errors as application/problem+json (RFC 9457).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "http/byte_buffer.h"

namespace headroom::http {
/// "Not Found"; "Status" for codes that we never send.
[[nodiscard]] std::string_view phrase(std::uint16_t status);

inline constexpr std::size_t kDateSize = 29;
/// "Sun, 06 Nov 1994 08:49:37 GMT".
void write_date(std::span<char, kDateSize> out, WallTime time);

struct ReplyHead {
  std::uint16_t status = 200;
  bool close = false;
  bool keep_alive_1_0 = false;     // an HTTP/1.0 client asked to keep the connection: say so
  std::string_view content_type;   // empty: none
  std::size_t content_length = 0;  // not written for 204
  std::string_view date;           // as write_date gives
  std::string_view lines;          // further fields, each with its CRLF
};
/// Appends the head with its empty line.
void append_head(ByteBuffer& out, const ReplyHead& head);

/// Appends `text` as the inside of a JSON string: quotes, backslashes and control characters escaped, bytes that are no UTF-8 as U+FFFD.
void append_escaped(ByteBuffer& out, std::string_view text);

/// Appends {"type":"about:blank","title":…,"status":…,"detail":…}. errors: JSON text of the "errors" array, or empty.
void append_problem(ByteBuffer& out, std::uint16_t status, std::string_view detail, std::string_view errors = {});

inline constexpr std::string_view kProblemType = "application/problem+json";
}  // namespace headroom::http
