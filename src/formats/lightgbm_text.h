// LightGBM's model text: lines of key=value, in a header and in one block a tree.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "formats/error.h"

namespace headroom::formats {
/// Views of the file's text, which outlives them.
struct LightgbmSection {
  std::vector<std::pair<std::string_view, std::string_view>> entries;       // a line without '=' has an empty value
  /// The value of a key; nullptr if there is none.
  [[nodiscard]] const std::string_view* find(std::string_view key) const;
};
struct LightgbmText {
  LightgbmSection header;
  std::vector<std::string_view> trees;                                       // their lines, not taken apart: a model can have hundreds of thousands of some lines each
  std::vector<std::pair<std::string_view, std::string_view>> parameters;    // "[name: value]"
  std::string_view pandas_categorical;                                       // JSON; empty if the file has none
};

/// Refused: what does not begin with "tree", a file that ends before "end of trees".
[[nodiscard]] expected<LightgbmText, ParseError> read_lightgbm_text(std::string_view text);

/// A tree's lines, instead of what `out` holds. Refused: a line that is no key=value, and far more lines than LightGBM writes.
[[nodiscard]] expected<void, ParseError> read_lightgbm_tree(std::string_view lines, LightgbmSection& out);

/// The numbers of a value, separated by spaces, behind what `out` holds. False if something is no number.
[[nodiscard]] bool read_numbers(std::string_view text, std::vector<double>& out);
/// The same of whole numbers of at most nine digits, exactly `size` of them, instead of what `out` holds. False if there is anything else, which
/// read_numbers may still read.
[[nodiscard]] bool read_whole_numbers(std::string_view text, std::size_t size, std::vector<std::int32_t>& out);
}  // namespace headroom::formats
