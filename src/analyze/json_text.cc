#include "analyze/json_text.h"

#include <cmath>
#include <cstdio>

namespace headroom::analyze {
namespace {
/// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none. Source: Unicode 15, table 3-7.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f)) return 0;
  if ((lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f)) return 0;
  return length;
}

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f; }
}  // namespace

void JsonText::comma() {
  if (!first_) text_ += ',';
  first_ = false;
}

JsonText& JsonText::open(char bracket) {
  comma();
  text_ += bracket;
  first_ = true;
  return *this;
}

JsonText& JsonText::close(char bracket) {
  text_ += bracket;
  first_ = false;
  return *this;
}

JsonText& JsonText::key(std::string_view name) {
  comma();
  quoted(name);
  text_ += ':';
  first_ = true;
  return *this;
}

JsonText& JsonText::value(std::string_view text) {
  comma();
  quoted(text);
  return *this;
}

void JsonText::quoted(std::string_view text) {
  text_ += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      text_ += "\\ufffd";
    } else if (length == 1 && needs_escape(c)) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      text_ += escaped;
    } else if (text.substr(0, length) == "\u2028" || text.substr(0, length) == "\u2029") {
      text_ += text.substr(0, length) == "\u2028" ? "\\u2028" : "\\u2029";  // line ends to older JavaScript
    } else {
      text_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  text_ += '"';
}

JsonText& JsonText::value(double number) {
  if (!std::isfinite(number)) return null();
  comma();
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.9g", number);
  text_ += digits;
  return *this;
}

JsonText& JsonText::value(std::int64_t number) {
  comma();
  text_ += std::to_string(number);
  return *this;
}

JsonText& JsonText::value(std::uint64_t number) {
  comma();
  text_ += std::to_string(number);
  return *this;
}

JsonText& JsonText::value(bool flag) {
  comma();
  text_ += flag ? "true" : "false";
  return *this;
}

JsonText& JsonText::null() {
  comma();
  text_ += "null";
  return *this;
}
}  // namespace headroom::analyze
