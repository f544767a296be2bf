// JSON and UBJSON as the same graph that a pickle becomes: objects are dicts with text keys, arrays are lists. An array of numbers
// alone is an array of float64 (UBJSON's typed arrays keep their type and borrow from the file).
#pragma once
#include <cstddef>
#include <span>

#include "base/expected.h"
#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
/// RFC 8259, and NaN, Infinity and -Infinity as Python and XGBoost write them. Nothing may follow the document but white space.
[[nodiscard]] expected<Graph, ParseError> read_json(std::span<const std::byte> file, const Limits& limits);

/// UBJSON draft 12 in the big-endian form that XGBoost writes: typed and counted containers, no "no-op"s. Borrows from `file`.
[[nodiscard]] expected<Graph, ParseError> read_ubjson(std::span<const std::byte> file, const Limits& limits);
}  // namespace headroom::formats
