#include <array>
#include <cstdio>

#include "formats/error.h"

namespace headroom::formats {
namespace {
/// Length of the UTF-8 sequence at `at`, 0 if there is none. Overlong forms and what lies beyond U+10FFFF are none.
std::size_t sequence(std::string_view text, std::size_t at, Surrogates surrogates) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(at + i < text.size() ? text[at + i] : 0); };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return follows(1) ? 2 : 0;
  if (first < 0xf0) {
    if (!follows(1) || !follows(2) || (first == 0xe0 && byte(1) < 0xa0)) return 0;
    return first == 0xed && byte(1) >= 0xa0 && surrogates == Surrogates::refuse ? 0 : 3;
  }
  if (first > 0xf4 || !follows(1) || !follows(2) || !follows(3)) return 0;
  return (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90) ? 0 : 4;
}
}  // namespace

bool is_utf8(std::string_view text, Surrogates surrogates) {
  for (std::size_t at = 0; at < text.size();) {
    const auto length = sequence(text, at, surrogates);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (out.size() >= most) return out + "…";
    const auto length = sequence(text, at, Surrogates::refuse);
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool is_control = byte < 0x20 || byte == 0x7f || (length == 2 && byte == 0xc2 && static_cast<unsigned char>(text[at + 1]) < 0xa0);
    if (length == 0 || is_control) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\x%02x", byte);
      out += escaped.data();
      ++at;
      continue;
    }
    out += text.substr(at, length);
    at += length;
  }
  return out;
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto put = [&](unsigned byte) { text += static_cast<char>(byte); };
  const auto tail = [&](unsigned shift) { put(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) return put(0xc0U | (code_point >> 6U)), tail(0);
  if (code_point < 0x10000) return put(0xe0U | (code_point >> 12U)), tail(6), tail(0);
  put(0xf0U | (code_point >> 18U)), tail(12), tail(6), tail(0);
}
}  // namespace headroom::formats
