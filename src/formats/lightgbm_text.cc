#include "formats/lightgbm_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "formats/decimal.h"

namespace headroom::formats {
namespace {
constexpr std::size_t kMostEntries = 200;   // of a header or tree; LightGBM writes about 25

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
  const auto sign = line.find('=');
  if (sign == std::string_view::npos) return {line, {}};
  return {line.substr(0, sign), line.substr(sign + 1)};
}

constexpr std::string_view kLeaves = "num_leaves=";
std::uint32_t count_of(std::string_view digits) {
  std::uint32_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
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

LightgbmSection LightgbmTree::section() const {
  LightgbmSection out;
  for (Lines lines(text); !lines.at_end();) {
    if (const auto line = lines.next(); !line.empty()) out.entries.push_back(entry(line));
  }
  return out;
}

expected<LightgbmText, ParseError> read_lightgbm_text(std::string_view text) {
  Lines lines(text);
  if (lines.next() != "tree") return fail(0, "a LightGBM model begins with the line 'tree'");
  LightgbmText out;
  std::size_t entries = 0;   // of the header or of the tree at hand
  while (!lines.at_end()) {
    const auto offset = lines.offset();
    const auto line = lines.next();
    if (line.empty()) continue;
    if (line == "end of trees") {
      read_tail(lines, out);
      return out;
    }
    if (line.starts_with("Tree=")) {
      out.trees.push_back({text.substr(std::min(lines.offset(), text.size()), 0)});
      entries = 0;
      continue;
    }
    const bool is_header = out.trees.empty();
    if (!is_header && line.find('=') == std::string_view::npos) return fail(offset, "a line of a tree that is no key=value: '" + printable(line, 40) + "'");
    if (++entries > kMostEntries) return fail(offset, "more than " + std::to_string(kMostEntries) + " lines in the header or in one tree", ParseCode::over_limit);
    if (is_header) {
      out.header.entries.push_back(entry(line));
      continue;
    }
    auto& tree = out.trees.back().text;
    tree = {tree.data(), static_cast<std::size_t>(line.data() + line.size() - tree.data())};
    if (line.starts_with(kLeaves)) out.n_leaves += count_of(line.substr(kLeaves.size()));
    if (line.starts_with("is_linear=")) out.any_linear = out.any_linear || line != "is_linear=0";
  }
  return fail(text.size(), "the LightGBM model ends before 'end of trees'", ParseCode::truncated);
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
