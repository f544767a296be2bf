// The few Python literals that stand in a .npy header: nothing is evaluated.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "formats/error.h"

namespace headroom::formats {
struct Literal {
  enum class Kind : std::uint8_t { none, boolean, integer, text, sequence, map };
  Kind kind = Kind::none;
  bool boolean = false;
  std::int64_t integer = 0;
  std::string text{};
  std::vector<Literal> items{};   // of a tuple or list; key, value, key, value … of a dict

  /// The value of a text key of a map, nullptr if there is none.
  [[nodiscard]] const Literal* find(std::string_view key) const;
};

/// One literal and nothing behind it but white space: None, True, False, integers, quoted ASCII text without escapes, tuples,
/// lists and dicts, nested at most `max_depth` deep. Offsets of errors count from the start of `text`.
[[nodiscard]] expected<Literal, ParseError> parse_literal(std::string_view text, std::size_t max_depth);
}  // namespace headroom::formats
