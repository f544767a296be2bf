// Any text: where a number is read the short way, it is the one that std::from_chars reads, to the last bit and character.
#include <bit>
#include <charconv>
#include <cstdint>

#include "base/check.h"
#include "formats/decimal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const char* const text = reinterpret_cast<const char*>(data);
  const char* const end = text + (size < 200 ? size : 200);
  for (const char* at = text; at < end; ++at) {
    const auto short_one = headroom::formats::short_decimal(at, end);
    if (short_one.length == 0) continue;
    double value = 0;
    const auto [stop, error] = std::from_chars(at, end, value);
    CHECK(error == std::errc{} && stop == at + short_one.length);
    CHECK(std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(short_one.value));
  }
  return 0;
}
