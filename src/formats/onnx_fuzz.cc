// Any bytes as ONNX: a graph or an error, within the limits, and nothing else.
#include <cstdint>
#include <span>

#include "base/check.h"
#include "formats/onnx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  headroom::formats::Limits limits;
  limits.graph_floor = 16U << 20U;
  const auto read = headroom::formats::read_onnx(std::as_bytes(std::span(data, size)), limits);
  if (!read) {
    CHECK(!read.error().error.what.empty() && read.error().error.offset <= size);
    return 0;
  }
  for (const auto& tensor : read->graph.constants) {
    std::size_t count = 1;
    for (const auto dimension : tensor.shape) count *= static_cast<std::size_t>(dimension);
    CHECK(count == tensor.f32.size() + tensor.f64.size() + tensor.whole.size() + tensor.texts.size());
  }
  return 0;
}
