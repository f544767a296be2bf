// Files of the repository, for tests.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace headroom::testing_files {
/// The bytes of `path`; empty if it cannot be read.
[[nodiscard]] std::vector<std::byte> read_bytes(const std::string& path);
}  // namespace headroom::testing_files
