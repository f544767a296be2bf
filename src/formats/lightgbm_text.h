// LightGBM's model text: lines of key=value, in a header and in one block a tree.
#pragma once
#include <cstddef>
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
/// One tree's lines, not taken apart: a model can have hundreds of thousands of trees of some lines each.
struct LightgbmTree {
  std::string_view text;
  /// Its lines as key and value; the same each time.
  [[nodiscard]] LightgbmSection section() const;
};
struct LightgbmText {
  LightgbmSection header;
  std::vector<LightgbmTree> trees;
  std::size_t n_leaves = 0;                                                  // all lines num_leaves together, as far as they are numbers
  bool any_linear = false;                                                   // a tree has a line is_linear that is not 0
  std::vector<std::pair<std::string_view, std::string_view>> parameters;    // "[name: value]"
  std::string_view pandas_categorical;                                       // JSON; empty if the file has none
};

/// Refused: what does not begin with "tree", a line of a tree that is no key=value, a file that ends before "end of trees".
[[nodiscard]] expected<LightgbmText, ParseError> read_lightgbm_text(std::string_view text);

/// The numbers of a value, separated by spaces, behind what `out` holds. False if something is no number.
[[nodiscard]] bool read_numbers(std::string_view text, std::vector<double>& out);
}  // namespace headroom::formats
