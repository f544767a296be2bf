#include "model/tokens.h"

#include <algorithm>

namespace headroom::model {
bool TokenClass::holds(std::uint32_t point) const noexcept {
  if (of == Of::word) return unicode::is_word(point);
  if (of == Of::no_space) return !unicode::is_space(point);
  for (std::size_t i = 0; i + 1 < ranges.size(); i += 2) {
    if (ranges[i] <= point && point <= ranges[i + 1]) return true;
  }
  return false;
}

Tokenizer::Tokenizer(Spec spec) : spec_(std::move(spec)) { std::ranges::sort(spec_.stop_words); }

bool Tokenizer::is_stop_word(std::string_view word) const {
  return std::binary_search(spec_.stop_words.begin(), spec_.stop_words.end(), word, std::less<>());
}

void Tokenizer::prepare(std::string_view document, TokenScratch& scratch) const {
  scratch.points.clear();
  unicode::decode(document, scratch.points);
  if (spec_.lower) unicode::lower(scratch.points);
  if (spec_.accents != Accents::keep) {
    scratch.other.clear();
    unicode::decompose(scratch.points, scratch.other);
    std::erase_if(scratch.other, [&](std::uint32_t point) { return spec_.accents == Accents::ascii ? point >= 0x80 : unicode::is_combining(point); });
    scratch.points.swap(scratch.other);
  }
  scratch.text.clear();
  scratch.begins.clear();
  scratch.ends.clear();
  switch (spec_.analyzer) {
    case Analyzer::word: return cut_words(scratch);
    case Analyzer::characters: return cut_characters(scratch);
    case Analyzer::characters_in_words: return cut_padded_words(scratch);
  }
}

void Tokenizer::cut_words(TokenScratch& scratch) const {
  const auto& points = scratch.points;
  for (std::size_t i = 0; i < points.size();) {
    std::size_t end = i;
    while (end < points.size() && spec_.token.holds(points[end])) ++end;
    if (end - i >= spec_.token.least) {
      if (!scratch.begins.empty()) scratch.text += ' ';
      const auto begin = scratch.text.size();
      for (; i < end; ++i) unicode::encode(points[i], scratch.text);
      if (is_stop_word(std::string_view(scratch.text).substr(begin))) {
        scratch.text.resize(scratch.begins.empty() ? begin : begin - 1);
      } else {
        scratch.begins.push_back(static_cast<std::uint32_t>(begin));
        scratch.ends.push_back(static_cast<std::uint32_t>(scratch.text.size()));
      }
    }
    i = std::max(end, i + 1);
  }
}

namespace {
void add(TokenScratch& scratch, std::uint32_t point) {
  scratch.begins.push_back(static_cast<std::uint32_t>(scratch.text.size()));
  unicode::encode(point, scratch.text);
  scratch.ends.push_back(static_cast<std::uint32_t>(scratch.text.size()));
}
}  // namespace

/// Two or more white spaces are one space; a single one stays what it is.
void Tokenizer::cut_characters(TokenScratch& scratch) const {
  const auto& points = scratch.points;
  for (std::size_t i = 0; i < points.size();) {
    std::size_t end = i;
    while (end < points.size() && unicode::is_space(points[end])) ++end;
    add(scratch, end - i >= 2 ? ' ' : points[i]);
    i = std::max(end, i + 1);
  }
}

void Tokenizer::cut_padded_words(TokenScratch& scratch) const {
  const auto& points = scratch.points;
  for (std::size_t i = 0; i < points.size();) {
    if (unicode::is_space(points[i])) {
      ++i;
      continue;
    }
    add(scratch, ' ');
    for (; i < points.size() && !unicode::is_space(points[i]); ++i) add(scratch, points[i]);
    add(scratch, ' ');
  }
}
}  // namespace headroom::model
