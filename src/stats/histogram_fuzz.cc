// What decodes must encode to the same bytes and answer within its own bounds.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "stats/histogram.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using headroom::stats::Histogram;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto histogram = Histogram::decode(bytes);
  if (!histogram) return 0;
  CHECK(histogram->encode() == bytes);
  std::int64_t last = histogram->min();
  for (const double q : {0.0, 0.5, 0.99, 1.0}) {
    const auto value = histogram->quantile(q);
    CHECK(value >= last && value <= histogram->max());
    last = value;
  }
  CHECK(histogram->count_at_most(histogram->max()) == histogram->count());
  Histogram twice = *histogram;
  if (histogram->count() < std::uint64_t{1} << 62U) {
    twice.merge(*histogram);
    CHECK(twice.count() == 2 * histogram->count() && twice.max() == histogram->max());
  }
  return 0;
}
