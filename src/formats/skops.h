// skops: a zip archive of schema.json and .npy members, as the same graph that a pickle becomes.
#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "base/expected.h"
#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
/// path: attribute path or member where it went wrong ("model.steps[0][1].coef_", "schema.json").
struct SkopsError {
  ParseError error;
  std::string path;
};

/// Protocols 0 to 2 of skops. Loaders that would call something become inert calls of its name; unknown loaders are refused. A node whose __id__ was
/// seen before is the earlier one, as skops has it; one that contains itself is refused. Borrows from `file`.
/// Source: skops.io, _general.py, _numpy.py, _scipy.py, _sklearn.py.
[[nodiscard]] expected<Graph, SkopsError> read_skops(std::span<const std::byte> file, const Limits& limits);
}  // namespace headroom::formats
