// JSON and UBJSON as the same graph that a pickle becomes: objects are dicts with text keys, arrays are lists. An array of numbers
// alone is an array of float64 (UBJSON's typed arrays keep their type and borrow from the file).
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/expected.h"
#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
/// Long lists of numbers: read at once, or kept as they are written, for whoever wants only some of them. Then they are arrays whose dtype is of
/// kind kListText and whose data, borrowed from the file, is what read_list_text reads; their shape is the number of commas and one.
enum class Lists : std::uint8_t { read, long_ones_as_text };
inline constexpr char kListText = 't';

/// RFC 8259, and NaN, Infinity and -Infinity as Python and XGBoost write them. Nothing may follow the document but white space.
/// long_ones_as_text: of them it is only known that they consist of what numbers and commas are written with.
[[nodiscard]] expected<Graph, ParseError> read_json(std::span<const std::byte> file, const Limits& limits, Lists lists = Lists::read);

/// The numbers of a list that was kept as text, instead of what `out` holds. False if it is none of numbers.
[[nodiscard]] bool read_list_text(const NdArray& list, std::vector<double>& out);

/// UBJSON draft 12 in the big-endian form that XGBoost writes: typed and counted containers, no "no-op"s. Borrows from `file`.
[[nodiscard]] expected<Graph, ParseError> read_ubjson(std::span<const std::byte> file, const Limits& limits);
}  // namespace headroom::formats
