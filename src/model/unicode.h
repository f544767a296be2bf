// Characters as Python sees them: lower(), \w, isspace(), and decomposition (NFKD). Tables of Unicode 14 or later.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::model::unicode {
using CodePoints = std::vector<std::uint32_t>;

/// The code points of valid UTF-8, appended.
void decode(std::string_view text, CodePoints& out);
/// One code point's UTF-8, appended.
void encode(std::uint32_t point, std::string& out);

/// re's \w without the ASCII flag: isalnum() or '_'.
[[nodiscard]] bool is_word(std::uint32_t point) noexcept;
/// str.isspace(), which is also re's \s.
[[nodiscard]] bool is_space(std::uint32_t point) noexcept;
/// unicodedata.combining(c) != 0.
[[nodiscard]] bool is_combining(std::uint32_t point) noexcept;

/// str.lower(), in place. İ becomes two code points; a Σ at the end of a word becomes ς.
void lower(CodePoints& text);

/// The NFKD decomposition of each code point, appended. Marks are not put in canonical order: whoever calls removes them.
void decompose(const CodePoints& text, CodePoints& out);
}  // namespace headroom::model::unicode
