// Any bytes as JSON: a graph or an error, within the limits, and nothing else.
#include <cstdint>
#include <span>

#include "base/check.h"
#include "formats/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  headroom::formats::Limits limits;
  limits.graph_floor = 16U << 20U;
  const auto read = headroom::formats::read_json(std::as_bytes(std::span(data, size)), limits);
  if (!read) CHECK(!read.error().what.empty() && read.error().offset <= size);
  return 0;
}
