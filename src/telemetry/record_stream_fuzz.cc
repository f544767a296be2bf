// Any bytes are items or an error, told whole or in pieces the same; what is accepted is written again the same.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "telemetry/record_stream.h"

namespace {
using namespace headroom::telemetry;
/// Everything the stream gave, written again.
std::string copy_of(std::span<const std::byte> bytes, std::size_t piece) {
  StreamParser parser;
  std::string again;
  while (!bytes.empty()) {
    const auto now = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(now.size());
    parser.feed(now);
    for (auto item = parser.next(); item && *item; item = parser.next()) {
      std::visit([&](const auto& value) { append_frame(again, value); }, **item);
    }
  }
  return again;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::string whole = copy_of(bytes, size);
  CHECK(whole == copy_of(bytes, 7));
  CHECK(std::equal(whole.begin(), whole.end(), reinterpret_cast<const char*>(data)));
  return 0;
}
