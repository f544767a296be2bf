// A JSON document as text, piece by piece, for the small documents of this room.
#pragma once
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::inspect {
/// "text" with escapes. Bytes that are no UTF-8 must not come in here.
[[nodiscard]] inline std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// Shortest text that reads back as the same double; null for NaN and infinities, which JSON has not.
[[nodiscard]] inline std::string json_number(double value) {
  if (!std::isfinite(value)) return "null";
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

/// {"a":1,"b":[…]} from keys and values that are JSON already.
class JsonObject {
 public:
  JsonObject& add(std::string_view key, std::string json) {
    text_ += (text_.empty() ? "" : ",") + json_string(key) + ":" + json;
    return *this;
  }
  [[nodiscard]] std::string text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

[[nodiscard]] inline std::string json_array(const std::vector<std::string>& elements) {
  std::string text;
  for (const auto& element : elements) text += (text.empty() ? "" : ",") + element;
  return "[" + text + "]";
}
}  // namespace headroom::inspect
