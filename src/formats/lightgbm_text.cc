#include "formats/lightgbm_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "formats/decimal.h"

namespace headroom::formats {
namespace {
constexpr std::size_t kMostEntries = 200;   // of a header or tree; LightGBM writes about 25
constexpr std::size_t kShortKey = 16;

auto fail(std::size_t offset, std::string what, ParseCode code = ParseCode::malformed) { return unexpected(ParseError{code, offset, std::move(what)}); }

/// The file line by line, without line ends.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] std::size_t offset() const { return at_; }
  std::string_view next() {
    const auto end = std::min(text_.find('\n', at_), text_.size());
    auto line = text_.substr(at_, end - at_);
    at_ = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::pair<std::string_view, std::string_view> entry(std::string_view line) {
  std::size_t sign = 0;   // keys are short: looking at each character is faster than a call
  while (sign < line.size() && sign < kShortKey && line[sign] != '=') ++sign;
  if (sign == line.size() || line[sign] != '=') sign = line.find('=');
  if (sign == std::string_view::npos) return {line, {}};
  return {line.substr(0, sign), line.substr(sign + 1)};
}

constexpr std::string_view kTree = "Tree=", kEnd = "end of trees";

/// Where the last line that says so begins; npos if there is none. What follows it is short, and no tree's line is like it.
std::size_t end_of_trees(std::string_view text) {
  for (auto at = text.rfind(kEnd); at != std::string_view::npos && at > 0; at = text.rfind(kEnd, at - 1)) {
    const auto behind = text.substr(at + kEnd.size());
    if (text[at - 1] == '\n' && (behind.empty() || behind[0] == '\n' || behind == "\r" || behind.starts_with("\r\n"))) return at;
  }
  return std::string_view::npos;
}

/// Where the next tree's first line begins: nothing else in a tree has a capital T.
std::size_t next_tree(std::string_view text, std::size_t at) {
  for (at = text.find('T', at); at != std::string_view::npos; at = text.find('T', at + 1)) {
    if (at > 0 && text[at - 1] == '\n' && text.substr(at).starts_with(kTree)) return at;
  }
  return text.size();
}

/// What follows the trees: importances, parameters, pandas' categories.
void read_tail(Lines& lines, LightgbmText& out) {
  constexpr std::string_view categories = "pandas_categorical:";
  while (!lines.at_end()) {
    auto line = lines.next();
    if (line.starts_with(categories)) out.pandas_categorical = line.substr(categories.size());
    if (!line.starts_with('[') || !line.ends_with(']') || out.parameters.size() > 2 * kMostEntries) continue;
    line = line.substr(1, line.size() - 2);
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos) out.parameters.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
}
}  // namespace

const std::string_view* LightgbmSection::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

expected<void, ParseError> read_lightgbm_tree(std::string_view text, LightgbmSection& out) {
  out.entries.clear();
  for (Lines lines(text); !lines.at_end();) {
    const auto offset = lines.offset();
    const auto line = lines.next();
    if (line.empty()) continue;
    out.entries.push_back(entry(line));
    const auto& [key, value] = out.entries.back();
    if (value.data() == nullptr) return fail(offset, "a line of a tree that is no key=value: '" + printable(line, 40) + "'");
    if (out.entries.size() > kMostEntries) return fail(offset, "more than " + std::to_string(kMostEntries) + " lines in one tree", ParseCode::over_limit);
  }
  return {};
}

expected<LightgbmText, ParseError> read_lightgbm_text(std::string_view text) {
  Lines header(text);
  if (header.next() != "tree") return fail(0, "a LightGBM model begins with the line 'tree'");
  const auto end = end_of_trees(text);
  if (end == std::string_view::npos) return fail(text.size(), "the LightGBM model ends before 'end of trees'", ParseCode::truncated);
  LightgbmText out;
  auto first = next_tree(text.substr(0, end), 0);
  while (header.offset() < std::min(first, end)) {
    const auto offset = header.offset();
    const auto line = header.next();
    if (line.empty()) continue;
    out.header.entries.push_back(entry(line));
    if (out.header.entries.size() > kMostEntries) return fail(offset, "more than " + std::to_string(kMostEntries) + " lines in the header", ParseCode::over_limit);
  }
  const auto trees = text.substr(0, end);
  while (first < end) {
    const auto lines = std::min(trees.find('\n', first), end - 1) + 1;
    first = next_tree(trees, lines);
    out.trees.push_back(trees.substr(lines, first - lines));
  }
  Lines tail(text.substr(end));
  tail.next();
  read_tail(tail, out);
  return out;
}

bool read_whole_numbers(std::string_view text, std::size_t size, std::vector<std::int32_t>& out) {
  constexpr std::ptrdiff_t kMostDigits = 9;
  if (size > text.size()) return false;   // before there is room for them
  out.resize(size);
  const char* at = text.data();
  const char* const end = at + text.size();
  std::size_t count = 0;
  while (at < end) {
    if (*at == ' ') {
      ++at;
      continue;
    }
    const bool is_negative = *at == '-';
    const char* const first = at += is_negative ? 1 : 0;
    std::uint32_t digits = 0;
    for (; at < end && *at >= '0' && *at <= '9'; ++at) digits = digits * 10 + static_cast<std::uint32_t>(*at - '0');
    if (at == first || at - first > kMostDigits || (at < end && *at != ' ') || count == size) return false;
    out[count++] = is_negative ? -static_cast<std::int32_t>(digits) : static_cast<std::int32_t>(digits);
  }
  return count == size;
}

bool read_numbers(std::string_view text, std::vector<double>& out) {
  const char* at = text.data();
  const char* end = at + text.size();
  while (at < end) {
    if (*at == ' ') {
      ++at;
      continue;
    }
    double number = 0;
    if (const auto decimal = short_decimal(at, end); decimal.length > 0 && (at + decimal.length == end || at[decimal.length] == ' ')) {
      out.push_back(decimal.value);
      at += decimal.length;
      continue;
    }
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc::invalid_argument || (next < end && *next != ' ')) return false;
    if (error == std::errc::result_out_of_range) {
      const std::string_view digits(at, static_cast<std::size_t>(next - at));
      if (digits.find("e-") == std::string_view::npos) return false;
      number = 0;
    }
    out.push_back(number);
    at = next;
  }
  return true;
}
}  // namespace headroom::formats
