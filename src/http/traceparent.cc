#include "http/traceparent.h"

#include <algorithm>
#include <cstring>

namespace headroom::http {
namespace {
// Lower case only, as the specification demands.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool read_hex(std::string_view text, std::uint8_t* bytes) {
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i / 2] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

constexpr std::array<char, 512> kHexPairs = [] {
  std::array<char, 512> table{};
  for (std::size_t i = 0; i < 256; ++i) {
    table[2 * i] = "0123456789abcdef"[i >> 4U];
    table[2 * i + 1] = "0123456789abcdef"[i & 15U];
  }
  return table;
}();

template <std::size_t N>
bool is_zero(const std::array<std::uint8_t, N>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}
}  // namespace

std::optional<Traceparent> parse_traceparent(std::string_view value) {
  if (value.size() < kTraceparentSize || value[2] != '-' || value[35] != '-' || value[52] != '-') return std::nullopt;
  std::uint8_t version = 0;
  std::uint8_t flags = 0;
  Traceparent result;
  if (!read_hex(value.substr(0, 2), &version) || !read_hex(value.substr(3, 32), result.trace_id.data()) ||
      !read_hex(value.substr(36, 16), result.parent_id.data()) || !read_hex(value.substr(53, 2), &flags)) {
    return std::nullopt;
  }
  const bool longer = value.size() > kTraceparentSize;
  if (version == 0xff || (longer && (version == 0 || value[kTraceparentSize] != '-'))) return std::nullopt;
  if (is_zero(result.trace_id) || is_zero(result.parent_id)) return std::nullopt;
  result.sampled = (flags & 1U) != 0;
  return result;
}

char* write_hex(char* out, const std::uint8_t* bytes, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i, out += 2) std::memcpy(out, &kHexPairs[2 * std::size_t{bytes[i]}], 2);
  return out;
}

char* write_traceparent(char* out, const Traceparent& value) {
  std::memcpy(out, "00-", 3);
  out = write_hex(out + 3, value.trace_id.data(), value.trace_id.size());
  *out++ = '-';
  out = write_hex(out, value.parent_id.data(), value.parent_id.size());
  std::memcpy(out, value.sampled ? "-01" : "-00", 3);
  return out + 3;
}
}  // namespace headroom::http
