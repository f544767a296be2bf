#include "formats/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "formats/decimal.h"
#include "formats/graph_builder.h"

namespace headroom::formats {
namespace {
constexpr std::size_t kMaxDepth = 64;

auto fail(std::size_t offset, std::string what, ParseCode code = ParseCode::malformed) { return unexpected(ParseError{code, offset, std::move(what)}); }

constexpr std::size_t kLongList = 64;   // characters

/// Where the first character from `at` on stands that no list of decimal numbers has; of ']' too.
std::size_t list_end(std::string_view text, std::size_t at) {
  using Chars [[gnu::vector_size(16)]] = std::uint8_t;   // g++ and clang know what to do where there are no such registers
  for (; at + sizeof(Chars) <= text.size(); at += sizeof(Chars)) {
    Chars chars;
    std::memcpy(&chars, text.data() + at, sizeof(Chars));
    const auto is_of_list = (chars - '0' < 10) | (chars - '+' < 4) | ((chars | 0x20) == 'e') | (chars == ' ') | (chars == '\n');   // + , - .
    std::uint64_t all[2];
    std::memcpy(all, &is_of_list, sizeof(all));
    if ((all[0] & all[1]) != ~std::uint64_t{0}) break;
  }
  const auto is_one = [](char c) { return (c >= '0' && c <= '9') || (c >= '+' && c <= '.') || c == 'e' || c == 'E' || c == ' ' || c == '\n'; };
  while (at < text.size() && is_one(text[at])) ++at;
  return at;
}

class JsonReader {
 public:
  JsonReader(std::string_view text, std::uint64_t budget, Lists lists) : text_(text), lists_(lists), builder_(budget) {}

  expected<Graph, ParseError> document() {
    HEADROOM_TRY(root, value(0));
    skip_space();
    if (at_ != text_.size()) return fail(at_, "something follows the end of the JSON document");
    return builder_.take(root, text_.size());
  }

  /// The text as what stands behind a list's '[', with its ']'.
  bool list(std::vector<double>& out) {
    numbers_.swap(out);
    const bool is_list = numbers_alone() && at_ == text_.size();
    numbers_.swap(out);
    return is_list;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool take_after_space(char c) {
    skip_space();
    return take({&c, 1});
  }

  expected<Value, ParseError> value(std::size_t depth) {
    skip_space();
    if (at_ == text_.size()) return fail(at_, "the JSON document ends too early", ParseCode::truncated);
    if (depth > kMaxDepth) return fail(at_, "the JSON document is nested more than " + std::to_string(kMaxDepth) + " deep", ParseCode::over_limit);
    const char c = text_[at_];
    if (c == '{') return object(depth);
    if (c == '[') return array(depth);
    if (c == '"') {
      const auto start = at_;
      HEADROOM_TRY(content, string());
      return builder_.text(std::move(content), start);
    }
    if (take("null")) return Value();
    if (take("true")) return Value(true);
    if (take("false")) return Value(false);
    return number();
  }

  expected<Value, ParseError> object(std::size_t depth) {
    const auto start = at_++;
    std::vector<Value> pairs;
    if (take_after_space('}')) return builder_.container(Kind::dict, {}, start);
    while (true) {
      skip_space();
      if (at_ == text_.size() || text_[at_] != '"') return fail(at_, "a JSON object's key must be a text in quotes");
      const auto key_at = at_;
      HEADROOM_TRY(name, string());
      HEADROOM_TRY(key, builder_.text(std::move(name), key_at));
      if (!take_after_space(':')) return fail(at_, "':' is missing behind a key of a JSON object");
      HEADROOM_TRY(content, value(depth + 1));
      HEADROOM_TRY_VOID(builder_.charge(2 * sizeof(Value), at_));
      pairs.push_back(key);
      pairs.push_back(content);
      if (take_after_space('}')) return builder_.container(Kind::dict, std::move(pairs), start);
      if (!take_after_space(',')) return fail(at_, "',' or '}' is missing in a JSON object");
    }
  }

  /// Reads an array's numbers into numbers_, up to the array's end (true) or to the first thing that is none (false): most that a booster has.
  bool numbers_alone() {
    numbers_.clear();
    while (true) {
      if (at_ < text_.size()) {   // as they mostly come, without a space
        const auto decimal = short_decimal(text_.data() + at_, text_.data() + text_.size());
        const auto end = at_ + decimal.length;
        if (decimal.length > 0 && end < text_.size() && (text_[end] == ',' || text_[end] == ']')) {
          numbers_.push_back(decimal.is_whole ? decimal.value + 0.0 : decimal.value);   // a whole −0 is 0
          at_ = end + 1;
          if (text_[end] == ']') return true;
          continue;
        }
      }
      skip_space();
      const auto before = at_;
      const auto number = next_double();
      skip_space();
      const char next = number && at_ < text_.size() ? text_[at_] : '\0';
      if (next != ',' && next != ']') {
        at_ = before;
        return false;
      }
      ++at_;
      numbers_.push_back(*number);
      if (next == ']') return true;
    }
  }

  std::optional<double> next_double() {
    if (at_ == text_.size()) return std::nullopt;
    if (const auto decimal = short_decimal(text_.data() + at_, text_.data() + text_.size()); decimal.length > 0 && !goes_on(at_ + decimal.length)) {
      at_ += decimal.length;
      return decimal.is_whole ? decimal.value + 0.0 : decimal.value;   // a whole −0 is 0
    }
    const auto long_one = number();
    if (!long_one) return std::nullopt;
    return long_one->is(Kind::real) ? long_one->real() : static_cast<double>(long_one->integer());
  }
  /// Whether what stands there could belong to a number.
  [[nodiscard]] bool goes_on(std::size_t at) const {
    const char c = at < text_.size() ? text_[at] : ' ';
    return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
  }

  /// Numbers are gathered apart as long as nothing else comes: that is what nearly all of a booster is.
  expected<Value, ParseError> array(std::size_t depth) {
    const auto start = at_++;
    if (take_after_space(']')) return builder_.container(Kind::list, {}, start);
    if (lists_ == Lists::long_ones_as_text) {
      const auto end = list_end(text_, at_);
      if (end - at_ >= kLongList && end < text_.size() && text_[end] == ']') {
        const auto list = text_.substr(at_, end + 1 - at_);
        at_ = end + 1;
        HEADROOM_TRY(kept, builder_.array(DType{kListText, false, 1, {}}, std::as_bytes(std::span(list)), start));
        kept.node()->array->shape = {static_cast<std::uint64_t>(std::ranges::count(list, ',')) + 1};
        return kept;
      }
    }
    if (numbers_alone()) return builder_.numbers(numbers_, start);
    std::vector<double> numbers(numbers_);
    std::vector<Value> items;
    bool is_numeric = true;
    while (true) {
      HEADROOM_TRY(item, value(depth + 1));
      const bool is_number = item.is(Kind::integer) || item.is(Kind::real);
      if (is_numeric && !is_number) {
        for (const double number : numbers) items.emplace_back(number);
        HEADROOM_TRY_VOID(builder_.charge(items.size() * sizeof(Value), at_));
        is_numeric = false;
      }
      if (is_numeric) {
        numbers.push_back(item.is(Kind::real) ? item.real() : static_cast<double>(item.integer()));
      } else {
        HEADROOM_TRY_VOID(builder_.charge(sizeof(Value), at_));
        items.push_back(item);
      }
      if (take_after_space(']')) break;
      if (!take_after_space(',')) return fail(at_, "',' or ']' is missing in a JSON array");
    }
    if (is_numeric) return builder_.numbers(numbers, start);
    return builder_.container(Kind::list, std::move(items), start);
  }

  expected<Value, ParseError> number() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (take("NaN") || take("nan")) return Value(std::numeric_limits<double>::quiet_NaN());
    if (take("Infinity")) return Value(infinity);
    if (take("-Infinity")) return Value(-infinity);
    const auto start = at_;
    if (text_[at_] == '-') ++at_;
    bool is_integer = true;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool is_digit = c >= '0' && c <= '9';
      const bool is_real = c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
      if (!is_digit && !is_real) break;
      is_integer = is_integer && !is_real;
      ++at_;
    }
    const char* first = text_.data() + start;
    const char* last = text_.data() + at_;
    if (is_integer) {
      std::int64_t whole = 0;
      const auto [end, error] = std::from_chars(first, last, whole);
      if (error == std::errc{} && end == last && first != last) return Value(whole);
    }
    double real = 0;
    const auto [end, error] = std::from_chars(first, last, real);
    if (first == last || end != last || error == std::errc::invalid_argument) return fail(start, "this is no JSON value");
    if (error == std::errc::result_out_of_range) return out_of_range(start, {first, last});
    return Value(real);
  }

  /// Too small is zero, as everywhere; too large is an infinity that no writer meant.
  static expected<Value, ParseError> out_of_range(std::size_t start, std::string_view digits) {
    if (digits.find("e-") == std::string_view::npos && digits.find("E-") == std::string_view::npos) return fail(start, "a number too large for float64", ParseCode::over_limit);
    return Value(digits.starts_with('-') ? -0.0 : 0.0);
  }

  expected<std::string, ParseError> string() {
    const auto start = at_++;
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') {
        if (!is_utf8(out, Surrogates::pass)) return fail(start, "a JSON text that is no UTF-8");
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) return fail(at_ - 1, "a control character in a JSON text");
      if (c != '\\') {
        out += c;
      } else {
        HEADROOM_TRY_VOID(escape(out));
      }
    }
    return fail(start, "a JSON text without an end", ParseCode::truncated);
  }

  expected<void, ParseError> escape(std::string& out) {
    if (at_ == text_.size()) return fail(at_, "the JSON document ends too early", ParseCode::truncated);
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    const char c = text_[at_++];
    if (const auto found = names.find(c); found != std::string_view::npos) {
      out += meant[found];
      return {};
    }
    if (c != 'u') return fail(at_ - 1, "an unknown escape in a JSON text");
    HEADROOM_TRY(high, hex());
    char32_t point = high;
    if (point >= 0xd800 && point < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
      const auto before = at_;
      at_ += 2;
      HEADROOM_TRY(low, hex());
      if (low >= 0xdc00 && low < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10U) + (low - 0xdc00);
      } else {
        at_ = before;
      }
    }
    append_utf8(out, point);
    return {};
  }

  expected<char32_t, ParseError> hex() {
    std::uint32_t unit = 0;
    const auto digits = text_.substr(at_, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() != 4 || error != std::errc{} || end != digits.data() + 4) return fail(at_, "an escape \\u of a JSON text needs four hexadecimal digits");
    at_ += 4;
    return char32_t{unit};
  }

  std::string_view text_;
  Lists lists_;
  std::size_t at_ = 0;
  std::vector<double> numbers_;   // of the array at hand; kept for its room
  GraphBuilder builder_;
};
}  // namespace

expected<Graph, ParseError> read_json(std::span<const std::byte> file, const Limits& limits, Lists lists) {
  return JsonReader({reinterpret_cast<const char*>(file.data()), file.size()}, limits.graph(file.size()), lists).document();
}

bool read_list_text(const NdArray& list, std::vector<double>& out) {
  if (list.dtype.kind != kListText) return false;
  return JsonReader({reinterpret_cast<const char*>(list.data.data()), list.data.size()}, 0, Lists::read).list(out);
}
}  // namespace headroom::formats
