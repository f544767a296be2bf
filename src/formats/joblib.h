// joblib's files: a pickle, perhaps compressed, with the arrays' bytes between its opcodes.
#pragma once
#include <cstddef>
#include <memory>
#include <span>

#include "base/expected.h"
#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
/// Reads what joblib.dump or pickle.dump wrote, compressed in any way that joblib knows (docs/formats/pickle.md).
/// An uncompressed file is borrowed: it outlives the graph. owner: where given, what keeps the file, which is let go once it is inflated.
[[nodiscard]] expected<Graph, ParseError> read_joblib(std::span<const std::byte> file, const Limits& limits, std::shared_ptr<const void> owner = nullptr);
}  // namespace headroom::formats
