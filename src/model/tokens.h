// Documents to terms, as scikit-learn's text vectorizers cut them.
#pragma once
#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/unicode.h"

namespace headroom::model {
enum class Accents : std::uint8_t { keep, strip, ascii };
enum class Analyzer : std::uint8_t { word, characters, characters_in_words };

/// What a word is, where re.findall(token_pattern) finds the longest runs of characters of a class.
struct TokenClass {
  enum class Of : std::uint8_t { word, no_space, listed } of = Of::word;
  std::size_t least = 2;                       // characters
  std::vector<std::uint32_t> ranges;           // of listed: first, last, first, last, …
  [[nodiscard]] bool holds(std::uint32_t point) const noexcept;
};

/// Memory that is reused from one document to the next.
struct TokenScratch {
  unicode::CodePoints points, other;
  std::string text;                            // the words, one space between two; or the characters
  std::vector<std::uint32_t> begins, ends;     // of each word or character in text
};

/// Source: sklearn.feature_extraction.text._VectorizerMixin.build_analyzer.
class Tokenizer {
 public:
  struct Spec {
    Analyzer analyzer = Analyzer::word;
    Accents accents = Accents::keep;
    bool lower = true;
    TokenClass token;
    std::size_t least = 1, most = 1;           // words or characters in a term
    std::vector<std::string> stop_words;
  };
  explicit Tokenizer(Spec spec);
  /// Calls `use` with each term (UTF-8) in the origin's order. document: valid UTF-8.
  template <class Use>
  void each_term(std::string_view document, TokenScratch& scratch, const Use& use) const;

 private:
  void prepare(std::string_view document, TokenScratch& scratch) const;
  void cut_words(TokenScratch& scratch) const;
  void cut_characters(TokenScratch& scratch) const;
  void cut_padded_words(TokenScratch& scratch) const;
  [[nodiscard]] bool is_stop_word(std::string_view word) const;
  Spec spec_;
};

template <class Use>
void Tokenizer::each_term(std::string_view document, TokenScratch& scratch, const Use& use) const {
  prepare(document, scratch);
  const std::string_view text = scratch.text;
  const auto& begins = scratch.begins;
  const auto& ends = scratch.ends;
  const auto term = [&](std::size_t first, std::size_t count) { use(text.substr(begins[first], ends[first + count - 1] - begins[first])); };
  if (spec_.analyzer != Analyzer::characters_in_words) {
    for (std::size_t n = spec_.least; n <= std::min(spec_.most, begins.size()); ++n) {
      for (std::size_t i = 0; i + n <= begins.size(); ++i) term(i, n);
    }
    return;
  }
  // Words stand with a space before and behind, one after the other; a word ends where the next space begins one.
  for (std::size_t from = 0; from < begins.size();) {
    std::size_t width = 2;
    while (text[begins[from + width - 1]] != ' ') ++width;
    for (std::size_t n = spec_.least; n <= spec_.most; ++n) {
      for (std::size_t i = 0; i == 0 || i + n <= width; ++i) term(from + i, std::min(n, width));
      if (n >= width) break;   // a short word counts once
    }
    from += width;
  }
}
}  // namespace headroom::model
