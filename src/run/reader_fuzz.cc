// Any bytes are a run or an error, within limits, and nothing in them is run. With libFuzzer, bytes that are no run file rarely get far;
// so the seeds are whole run files, and the target puts SQLite's magic and our identity in place.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "run/columns.h"
#include "run/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> bytes(data, data + size);
  if (size >= 100) {
    std::memcpy(bytes.data(), "SQLite format 3", 16);
    for (int i = 0; i < 4; ++i) bytes[68 + i] = static_cast<std::uint8_t>(headroom::run::kApplicationId >> (24 - 8 * i));
    bytes[18] = bytes[19] = 1;  // not WAL, which bytes in memory cannot have
  }
  const auto run = headroom::run::read_bytes(std::as_bytes(std::span(bytes)), {.max_rows = 10'000, .max_text = 1U << 16U});
  return run || !run.error().message.empty() ? 0 : 1;
}
