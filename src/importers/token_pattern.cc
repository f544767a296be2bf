#include "importers/token_pattern.h"

#include <charconv>

#include "formats/error.h"

namespace headroom::importers {
namespace {
using model::TokenClass;

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// [a-zA-Z_] of plain ASCII characters, at the beginning of text.
bool take_listed(std::string_view& text, TokenClass& token) {
  const auto close = text.find(']');
  if (!text.starts_with('[') || close == std::string_view::npos) return false;
  const auto inside = text.substr(1, close - 1);
  if (inside.empty() || inside[0] == '^') return false;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const auto first = static_cast<unsigned char>(inside[i]);
    if (first >= 0x80 || first == '\\' || first == '[' || first == '-') return false;
    const bool is_range = i + 2 < inside.size() && inside[i + 1] == '-';
    const auto last = is_range ? static_cast<unsigned char>(inside[i + 2]) : first;
    if (last >= 0x80 || last < first || last == '\\') return false;
    token.ranges.push_back(first);
    token.ranges.push_back(last);
    if (is_range) i += 2;
  }
  token.of = TokenClass::Of::listed;
  text.remove_prefix(close + 1);
  return true;
}

bool take_class(std::string_view& text, TokenClass& token) {
  if (take(text, "\\w")) {
    token.of = TokenClass::Of::word;
    return true;
  }
  if (take(text, "\\S")) {
    token.of = TokenClass::Of::no_space;
    return true;
  }
  return take_listed(text, token);
}

/// "+", or "{2,}", at the end of text.
bool take_repeat(std::string_view& text, std::size_t& least) {
  if (take(text, "+")) return true;
  std::size_t count = 0;
  if (!take(text, "{")) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc{} || count == 0 || count > 1000 || !take(text, ",}")) return false;
  least += count - 1;
  return true;
}

bool parse(std::string_view text, TokenClass& token) {
  take(text, "(?u)");
  const bool begins_at_border = take(text, "\\b");
  const std::string_view rest = text;
  if (!take_class(text, token)) return false;
  const auto one = rest.substr(0, rest.size() - text.size());   // the class as it is written
  token.least = 1;
  while (take(text, one)) ++token.least;
  if (!take_repeat(text, token.least)) return false;
  const bool ends_at_border = take(text, "\\b");
  // A border is where a run of \w begins and ends; of another class it cuts elsewhere.
  const bool is_plain = token.of == TokenClass::Of::word || (!begins_at_border && !ends_at_border);
  return text.empty() && is_plain && begins_at_border == ends_at_border;
}
}  // namespace

Read<TokenClass> token_class_of(const Place& pattern) {
  HEADROOM_TRY(text, pattern.text());
  TokenClass token;
  if (!parse(text, token)) return pattern.refuse("the token_pattern " + formats::printable(text, 80) + " is not served; those of runs of \\w, \\S or [a-z] are");
  return token;
}
}  // namespace headroom::importers
