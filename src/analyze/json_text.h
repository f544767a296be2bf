// JSON out. What it writes may stand inside a <script> element: no '<', '>' or '&' ever appears, whatever the strings hold.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace headroom::analyze {
/// Appends values in the order of the calls; the caller keeps keys and nesting right (json_text_test.cc parses what comes out).
/// Strings: invalid UTF-8 becomes U+FFFD. Numbers: shortest text that reads back equal to 9 digits; not finite is null.
class JsonText {
 public:
  JsonText& object() { return open('{'); }
  JsonText& array() { return open('['); }
  JsonText& end_object() { return close('}'); }
  JsonText& end_array() { return close(']'); }
  JsonText& key(std::string_view name);
  JsonText& value(std::string_view text);
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  JsonText& value(double number);
  JsonText& value(std::int64_t number);
  JsonText& value(std::uint64_t number);
  JsonText& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonText& value(bool flag);
  JsonText& null();

  template <class Value>
  JsonText& member(std::string_view name, const Value& content) {
    return key(name).value(content);
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  JsonText& open(char bracket);
  JsonText& close(char bracket);
  void comma();
  void quoted(std::string_view text);

  std::string text_;
  bool first_ = true;  // nothing stands yet in the innermost object or array, or a key was just written
};
}  // namespace headroom::analyze
