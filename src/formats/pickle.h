// Pickle protocols 0 to 5, as an inert value graph. The grammar, the limits and a worked example: docs/formats/pickle.md.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/expected.h"
#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
/// Reads one pickle from the start of `stream`, with joblib's raw arrays in it. Calls become nodes that name what would be
/// called; nothing is imported, executed or opened. Arrays and strings borrow from `stream`, which outlives the graph.
/// file_bytes: length of the file that the stream was inflated from; the graph's memory is limited by it (Limits::graph).
/// Never recurses deeper than limits.max_depth pickles inside pickles, however deep the values nest.
[[nodiscard]] expected<Graph, ParseError> read_pickle(std::span<const std::byte> stream, const Limits& limits,
                                                      std::uint64_t file_bytes);
}  // namespace headroom::formats
