#include "testing/files.h"

#include "io/file.h"

namespace headroom::testing_files {
std::vector<std::byte> read_bytes(const std::string& path) {
  const auto file = io::read_file(path, Bytes{1ULL << 30U});
  if (!file) return {};
  return {file->bytes().begin(), file->bytes().end()};
}
}  // namespace headroom::testing_files
