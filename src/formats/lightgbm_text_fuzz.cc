// Any text as a LightGBM model: sections or an error, and numbers that stay within their line.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "formats/lightgbm_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = headroom::formats::read_lightgbm_text(text);
  if (!read) {
    CHECK(!read.error().what.empty());
    return 0;
  }
  headroom::formats::LightgbmSection section;
  for (const auto& tree : read->trees) {
    if (!headroom::formats::read_lightgbm_tree(tree, section)) continue;
    for (const auto& [key, value] : section.entries) {
      std::vector<double> numbers;
      if (headroom::formats::read_numbers(value, numbers)) CHECK(numbers.size() <= value.size());
    }
  }
  return 0;
}
