// Bodies that are compressed on the wire: undone on the way in, within a limit; done on the way out where it is asked for.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/expected.h"
#include "http/byte_buffer.h"

namespace headroom::serve {
enum class Coding : std::uint8_t { identity, gzip, deflate, unknown };
/// Of a Content-Encoding field; "" is identity. Several codings, one on the other, are unknown.
[[nodiscard]] Coding coding_of(std::string_view field) noexcept;
/// Whether an Accept-Encoding field takes gzip: named with a weight above 0, or meant by "*" (RFC 9110 section 12.5.3).
[[nodiscard]] bool accepts_gzip(std::string_view field) noexcept;

/// Why a body cannot be undone.
struct CodingError {
  std::uint16_t status;   // 400: damaged; 413: more than it may become
  const char* reason;
};

/// One thread's; its memory is reused. Not thread-safe.
class BodyCoder {
 public:
  BodyCoder();
  ~BodyCoder();
  BodyCoder(BodyCoder&&) noexcept;
  BodyCoder& operator=(BodyCoder&&) noexcept;

  /// coding: gzip or deflate (zlib's framing, as RFC 9110 section 8.4.1.2 says). The result has at most `most` bytes and 64 readable ones behind it;
  /// it lasts until the next call. Nothing may follow the compressed data.
  [[nodiscard]] expected<std::string_view, CodingError> undo(Coding coding, std::string_view body, std::size_t most);
  /// Appends `text` as gzip.
  void gzip(std::string_view text, http::ByteBuffer& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::serve
