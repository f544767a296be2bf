// The numbers and strings that protocol 0 writes as lines of text.
#include <charconv>
#include <cmath>
#include <limits>

#include "formats/pickle_stream.h"

namespace headroom::formats {
namespace {
std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_digits(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Exactly `count` hexadecimal digits at the start of `text`, or -1.
std::int64_t hex_number(std::string_view text, std::size_t count) {
  if (text.size() < count) return -1;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/// Reads the escape after a backslash from the front of `text`; false if it is none that Python's repr writes.
bool take_escape(std::string_view& text, std::string& out) {
  static constexpr std::string_view kLetters = "\\'\"nrtabfv";
  static constexpr std::string_view kMeant = "\\'\"\n\r\t\a\b\f\v";
  if (text.empty()) return false;
  if (const auto letter = kLetters.find(text[0]); letter != std::string_view::npos) {
    out += kMeant[letter];
    text.remove_prefix(1);
    return true;
  }
  const auto code = text[0] == 'x' ? hex_number(text.substr(1), 2) : -1;
  if (code < 0) return false;
  out += static_cast<char>(code);
  text.remove_prefix(3);
  return true;
}
}  // namespace

Made parse_int_line(PickleStream& stream, std::string_view line) {
  if (line == "00" || line == "01") return Value(line == "01");
  return parse_long_line(stream, line);
}

Made parse_long_line(PickleStream& stream, std::string_view line) {
  const auto digits = line.ends_with('L') ? line.substr(0, line.size() - 1) : line;
  if (const auto value = parse_whole(digits)) return Value(*value);
  if (!is_digits(digits)) return stream.fail("'" + printable(line, 20) + "' is no integer");
  return stream.make_text(Kind::bigint, digits);
}

Made parse_float_line(PickleStream& stream, std::string_view line) {
  double value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (line.empty() || end != line.data() + line.size() || error == std::errc::invalid_argument) {
    return stream.fail("'" + printable(line, 20) + "' is no number");
  }
  if (error == std::errc::result_out_of_range) return stream.fail("'" + printable(line, 20) + "' is out of the range of a double");
  return Value(value);
}

Made parse_string_line(PickleStream& stream, std::string_view line) {
  const bool is_quoted = line.size() >= 2 && (line.front() == '\'' || line.front() == '"') && line.back() == line.front();
  if (!is_quoted) return stream.fail("a STRING without matching quotes");
  auto rest = line.substr(1, line.size() - 2);
  std::string text;
  while (!rest.empty()) {
    const char c = rest[0];
    rest.remove_prefix(1);
    if (c == '\\' && !take_escape(rest, text)) return stream.fail("a STRING with an escape that Python does not write");
    if (c != '\\') text += c;
    if (static_cast<unsigned char>(text.back()) >= 0x80) return stream.fail("a Python 2 string is not ASCII", ParseCode::unsupported);
  }
  return stream.make_owned(Kind::text, std::move(text));
}

Made parse_unicode_line(PickleStream& stream, std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool is_escape = line[i] == '\\' && i + 1 < line.size() && (line[i + 1] == 'u' || line[i + 1] == 'U');
    if (!is_escape) {
      append_utf8(text, static_cast<unsigned char>(line[i]));
      continue;
    }
    const std::size_t digits = line[i + 1] == 'u' ? 4 : 8;
    const auto code = hex_number(line.substr(i + 2), digits);
    if (code < 0 || code > 0x10ffff) return stream.fail("a UNICODE with a broken escape");
    append_utf8(text, static_cast<char32_t>(code));
    i += 1 + digits;
  }
  return stream.make_owned(Kind::text, std::move(text));
}
}  // namespace headroom::formats
