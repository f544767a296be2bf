#include "model/unicode.h"

#include <algorithm>
#include <span>

namespace headroom::model::unicode {
// unicode_tables.cc. Ranges are first, last, first, last, …; kLower is from, to, from, to, ….
extern const std::uint32_t kWord[], kSpace[], kCased[], kIgnorable[], kCombining[], kLower[], kDecomposed[], kDecomposedTo[];
extern const std::uint16_t kDecomposedAt[];
extern const std::size_t kWord_size, kSpace_size, kCased_size, kIgnorable_size, kCombining_size, kLower_size, kDecomposed_size;

namespace {
constexpr std::uint32_t kCapitalSigma = 0x3a3;
constexpr std::uint32_t kSigma = 0x3c3;
constexpr std::uint32_t kFinalSigma = 0x3c2;
constexpr std::uint32_t kDottedCapitalI = 0x130;
constexpr std::uint32_t kDotAbove = 0x307;

bool within(std::span<const std::uint32_t> ranges, std::uint32_t point) noexcept {
  const auto at = std::upper_bound(ranges.begin(), ranges.end(), point) - ranges.begin();
  // An odd position is behind a range's first; an even one is behind a last, or is that last itself.
  return at % 2 == 1 || (at > 0 && ranges[static_cast<std::size_t>(at) - 1] == point);
}

std::uint32_t lowered(std::uint32_t point) noexcept {
  if (point < 0x80) return point >= 'A' && point <= 'Z' ? point + 32 : point;
  std::size_t low = 0;
  std::size_t high = kLower_size / 2;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (kLower[2 * middle] < point) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < kLower_size / 2 && kLower[2 * low] == point ? kLower[2 * low + 1] : point;
}

bool is_cased(std::uint32_t point) noexcept { return within({kCased, kCased_size}, point); }
bool is_ignorable(std::uint32_t point) noexcept { return within({kIgnorable, kIgnorable_size}, point); }

/// Whether the sigma at `at` ends a word: behind a cased letter and before none, whatever stands between that is ignorable.
bool is_final(const CodePoints& text, std::size_t at) noexcept {
  std::size_t before = at;
  while (before > 0 && is_ignorable(text[before - 1])) --before;
  if (before == 0 || !is_cased(text[before - 1])) return false;
  std::size_t behind = at + 1;
  while (behind < text.size() && is_ignorable(text[behind])) ++behind;
  return behind == text.size() || !is_cased(text[behind]);
}

/// Hangul syllables decompose by arithmetic (The Unicode Standard, 3.12).
bool decompose_hangul(std::uint32_t point, CodePoints& out) {
  constexpr std::uint32_t kFirst = 0xac00, kLast = 0xd7a3, kVowels = 21, kTails = 28;
  if (point < kFirst || point > kLast) return false;
  const std::uint32_t index = point - kFirst;
  out.push_back(0x1100 + index / (kVowels * kTails));
  out.push_back(0x1161 + index % (kVowels * kTails) / kTails);
  if (index % kTails != 0) out.push_back(0x11a7 + index % kTails);
  return true;
}
}  // namespace

void decode(std::string_view text, CodePoints& out) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    std::uint32_t point = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) point = (point << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    out.push_back(point);
    i += length;
  }
}

void encode(std::uint32_t point, std::string& out) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  const std::uint32_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(lead[more] | (point >> (6U * static_cast<unsigned>(more))));
  for (int k = more - 1; k >= 0; --k) out += static_cast<char>(0x80U | ((point >> (6U * static_cast<unsigned>(k))) & 0x3fU));
}

bool is_word(std::uint32_t point) noexcept {
  if (point < 0x80) return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9') || point == '_';
  return within({kWord, kWord_size}, point);
}
bool is_space(std::uint32_t point) noexcept { return within({kSpace, kSpace_size}, point); }
bool is_combining(std::uint32_t point) noexcept { return point >= 0x300 && within({kCombining, kCombining_size}, point); }

void lower(CodePoints& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == kCapitalSigma) {
      text[i] = is_final(text, i) ? kFinalSigma : kSigma;   // letters before it are lower already, and still cased
    } else if (text[i] == kDottedCapitalI) {
      text[i] = 'i';
      text.insert(text.begin() + static_cast<std::ptrdiff_t>(i) + 1, kDotAbove);
      ++i;
    } else {
      text[i] = lowered(text[i]);
    }
  }
}

void decompose(const CodePoints& text, CodePoints& out) {
  for (const auto point : text) {
    if (point < 0x80) {
      out.push_back(point);
      continue;
    }
    if (decompose_hangul(point, out)) continue;
    const auto* end = kDecomposed + kDecomposed_size;
    const auto* found = std::lower_bound(kDecomposed, end, point);
    if (found == end || *found != point) {
      out.push_back(point);
      continue;
    }
    const auto index = static_cast<std::size_t>(found - kDecomposed);
    out.insert(out.end(), kDecomposedTo + kDecomposedAt[index], kDecomposedTo + kDecomposedAt[index + 1]);
  }
}
}  // namespace headroom::model::unicode
