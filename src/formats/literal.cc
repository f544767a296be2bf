#include "formats/literal.h"

#include <charconv>

namespace headroom::formats {
namespace {
class Parser {
 private:
  [[nodiscard]] tl::unexpected<ParseError> fail(std::string what) const { return unexpected(ParseError{ParseCode::malformed, at_, std::move(what)}); }

 public:
  Parser(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  expected<Literal, ParseError> all() {
    HEADROOM_TRY(value, one(0));
    skip_space();
    if (at_ != text_.size()) return fail("something follows the literal");
    return std::move(value);
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  expected<Literal, ParseError> one(std::size_t depth) {
    if (depth > max_depth_) return fail("a literal nested too deep");
    skip_space();
    if (take("None")) return Literal{};
    if (take("True")) return Literal{.kind = Literal::Kind::boolean, .boolean = true};
    if (take("False")) return Literal{.kind = Literal::Kind::boolean};
    if (take("(")) return list(')', Literal::Kind::sequence, depth);
    if (take("[")) return list(']', Literal::Kind::sequence, depth);
    if (take("{")) return list('}', Literal::Kind::map, depth);
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) return quoted();
    return number();
  }

  expected<Literal, ParseError> number() {
    Literal literal{.kind = Literal::Kind::integer};
    const char* end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data() + at_, end, literal.integer);
    if (error != std::errc{}) return fail("no literal that is read here");
    at_ = static_cast<std::size_t>(stop - text_.data());
    take("L");   // Python 2 wrote long integers so
    return literal;
  }

  expected<Literal, ParseError> quoted() {
    const char quote = text_[at_++];
    const auto end = text_.find(quote, at_);
    if (end == std::string_view::npos) return fail("a text without its closing quote");
    Literal literal{.kind = Literal::Kind::text, .text = std::string(text_.substr(at_, end - at_))};
    if (literal.text.find('\\') != std::string::npos) return fail("a text with escapes");
    at_ = end + 1;
    return literal;
  }

  expected<Literal, ParseError> list(char close, Literal::Kind kind, std::size_t depth) {
    Literal literal{.kind = kind};
    while (true) {
      skip_space();
      if (take({&close, 1})) return literal;
      HEADROOM_TRY(item, one(depth + 1));
      literal.items.push_back(std::move(item));
      skip_space();
      if (kind == Literal::Kind::map) {
        if (!take(":")) return fail("a key without ':'");
        HEADROOM_TRY(value, one(depth + 1));
        literal.items.push_back(std::move(value));
        skip_space();
      }
      if (take({&close, 1})) return literal;
      if (!take(",")) return fail("',' is missing");
    }
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
};
}  // namespace

const Literal* Literal::find(std::string_view key) const {
  if (kind != Kind::map) return nullptr;
  for (std::size_t i = items.size(); i >= 2; i -= 2) {
    if (items[i - 2].kind == Kind::text && items[i - 2].text == key) return &items[i - 1];
  }
  return nullptr;
}

expected<Literal, ParseError> parse_literal(std::string_view text, std::size_t max_depth) { return Parser(text, max_depth).all(); }
}  // namespace headroom::formats
