// The character classes and small productions of RFC 9110 and 9112 that requests and responses share.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace headroom::http {
/// One header line. Both views borrow from the head; the value is without surrounding blanks.
struct Field {
  std::string_view name;
  std::string_view value;
};

namespace grammar {
enum Class : std::uint8_t { kToken = 1, kValue = 2, kTarget = 4, kHost = 8, kHex = 16 };

consteval std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  for (int c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const auto one_of = [c](std::string_view set) { return c != 0 && set.find(static_cast<char>(c)) != std::string_view::npos; };
    std::uint8_t bits = 0;
    if (digit || letter || one_of("!#$%&'*+-.^_`|~")) bits |= kToken;
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) bits |= kValue;  // field-vchar, obs-text, blanks
    if (c > 0x20 && c < 0x7f && !one_of("\"#<>\\^`{|}")) bits |= kTarget;
    if (digit || letter || one_of("-._~!$&'()*+,;=:[]%")) bits |= kHost;
    if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHex;
    table[static_cast<std::size_t>(c)] = bits;
  }
  return table;
}
inline constexpr auto kClasses = make_classes();

[[nodiscard]] constexpr bool is(char c, Class wanted) { return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0; }
/// Every character is of the class; true for an empty text.
[[nodiscard]] constexpr bool all(std::string_view text, Class wanted) {
  std::uint8_t bits = 0xff;
  for (const char c : text) bits &= kClasses[static_cast<unsigned char>(c)];
  return (bits & wanted) != 0;
}
[[nodiscard]] constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
/// `expected` is lower case.
[[nodiscard]] constexpr bool equals(std::string_view text, std::string_view expected) {
  if (text.size() != expected.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != expected[i]) return false;
  }
  return true;
}
/// Without the blanks (space, tab) around it.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}
/// 1*DIGIT and nothing else, at most 18 digits so that it cannot wrap; nullopt for all other text.
[[nodiscard]] constexpr std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}
[[nodiscard]] constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}
/// Calls visit(element) for each element of a comma-separated list, blanks removed, empty elements left out.
template <class Visit>
constexpr void for_each_element(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto element = trim(list.substr(0, comma));
    if (!element.empty()) visit(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}
}  // namespace grammar
}  // namespace headroom::http
