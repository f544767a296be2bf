#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "cli/config.h"

/// Whatever a configuration file holds, its entries stay within the limits and an error has a text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entries = headroom::cli::read_config({reinterpret_cast<const char*>(data), size});
  if (!entries && entries.error().what.empty()) std::abort();
  std::size_t bytes = 0;
  if (entries) {
    for (const auto& entry : *entries) {
      for (const auto& value : entry.values) bytes += value.size();
    }
  }
  if (bytes > (1U << 20U)) std::abort();
  return 0;
}
