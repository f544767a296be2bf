// Any bytes as JSON: a graph or an error, within the limits, and nothing else; a list that is kept as text holds the same numbers.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "formats/json.h"

using namespace headroom;

namespace {
/// At the same place in both graphs. Depth is bounded by the reader.
void check_same(const formats::Value& read, const formats::Value& kept) {
  const auto* array = kept.array();
  if (array != nullptr && array->dtype.kind == formats::kListText) {
    CHECK(read.array() != nullptr && array->data.size() >= array->count());
    const auto wanted = formats::read_doubles(*read.array());
    std::vector<double> numbers;
    CHECK(formats::read_list_text(*array, numbers) && array->count() == wanted.size());
    CHECK(std::ranges::equal(numbers, wanted, {}, std::bit_cast<std::uint64_t, double>, std::bit_cast<std::uint64_t, double>));
  }
  CHECK(read.items().size() == kept.items().size());
  for (std::size_t i = 0; i < read.items().size(); ++i) check_same(read.items()[i], kept.items()[i]);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  formats::Limits limits;
  limits.graph_floor = 16U << 20U;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto read = formats::read_json(bytes, limits);
  if (!read) CHECK(!read.error().what.empty() && read.error().offset <= size);
  const auto kept = formats::read_json(bytes, limits, formats::Lists::long_ones_as_text);
  if (read && kept) check_same(read->root, kept->root);
  if (read) CHECK(kept.has_value());
  return 0;
}
