// Why bytes are not the format that they claim to be.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.h"

namespace headroom::formats {
enum class ParseCode : std::uint8_t {
  truncated,    // the input ends too early
  malformed,    // breaks the format's rules
  over_limit,   // asks for more than Limits allow
  unsupported,  // well formed perhaps, but not read here
};

/// offset: bytes from the start of the decompressed stream (of the file itself, for an error of the compression).
/// what: a clause for people; whatever it quotes of the file is short and printable.
struct ParseError {
  ParseCode code = ParseCode::malformed;
  std::size_t offset = 0;
  std::string what;
};

/// Foreign text as it may stand in a message: control characters and bytes that are no UTF-8 escaped, cut after `most` bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most = 80);

/// Whether `text` is UTF-8; lone surrogates pass where `surrogates` says so (Python's surrogatepass).
enum class Surrogates : std::uint8_t { refuse, pass };
[[nodiscard]] bool is_utf8(std::string_view text, Surrogates surrogates = Surrogates::refuse);

/// Appends the code point's UTF-8; lone surrogates as three bytes.
void append_utf8(std::string& text, char32_t code_point);
}  // namespace headroom::formats
