// Transfer-Encoding: chunked, undone. RFC 9112 section 7.1; strict: CRLF only, no white space around a size.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headroom::http {
enum class ChunkStep : std::uint8_t {
  more,      // all input is consumed, the body goes on
  data,      // `data` holds the next bytes of the body
  end,       // the body and its trailer section are complete
  bad,       // not the chunked coding: the connection cannot be trusted any more
  too_long,  // extensions or trailers over their limit
};

/// Takes a body apart piece by piece; keeps no bytes. Extensions and trailers are read over (4 KiB and 8 KiB at most).
class ChunkDecoder {
 public:
  struct Step {
    ChunkStep kind;
    std::size_t consumed;   // bytes of the input that are dealt with, `data` included
    std::string_view data;  // borrows from the input
  };
  /// Call again with the rest of the input until it says more, end, bad or too_long.
  [[nodiscard]] Step next(std::string_view input);
  /// Bytes of body still to come in the chunk that is being read.
  [[nodiscard]] std::uint64_t left_in_chunk() const noexcept { return left_; }

 private:
  enum class At : std::uint8_t { size_first, size, extension, size_lf, data, data_cr, data_lf, trailer, trailer_line, trailer_lf, last_lf, done };
  [[nodiscard]] bool size_digit(char c);
  [[nodiscard]] ChunkStep line(char c);

  At at_ = At::size_first;
  std::uint64_t left_ = 0;
  std::uint32_t overhead_ = 0;  // bytes of the present extension, or of the trailer section
};
}  // namespace headroom::http
