// Folders for what a command writes.
#pragma once
#include <string>

#include "base/expected.h"
#include "io/file.h"

namespace headroom::io {
/// `path` and what is missing above it; no trouble if it is there already.
[[nodiscard]] expected<void, FileError> make_folders(const std::string& path);
}  // namespace headroom::io
