#include "model/grove_top.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/rng.h"

namespace headroom::model {
namespace {
/// Random trees over few values, so that thresholds are met; each row's path by the definition.
template <class T, class Run>
void hold(const char* name, Run run) {
  Rng rng(7);
  constexpr std::size_t kInputs = 5, kRows = 64;
  for (int round = 0; round < 50; ++round) {
    std::vector<T> thresholds(kTopNodes<T>), columns(kInputs * kRows), paths(kRows);
    std::vector<std::uint16_t> features(kTopNodes<T>);
    for (auto& threshold : thresholds) threshold = static_cast<T>(static_cast<int>(rng.below(20)) - 10);
    for (auto& feature : features) feature = static_cast<std::uint16_t>(rng.below(kInputs));
    for (auto& value : columns) value = static_cast<T>(static_cast<int>(rng.below(20)) - 10);
    run(thresholds.data(), features.data(), columns.data(), paths.data());
    for (std::size_t i = 0; i < kRows; ++i) {
      std::size_t node = 0;
      for (unsigned level = 0; level < kTopLevels<T>; ++level) node = 2 * node + 1 + (columns[features[node] * kRows + i] > thresholds[node] ? 1 : 0);
      EXPECT_EQ(static_cast<std::size_t>(paths[i]), node - kTopNodes<T>) << name << ", row " << i;
    }
  }
}

TEST(GroveTop, AllKernelsOfThisProcessorGiveThePathsOfTheDefinition) {
  ASSERT_FALSE(top_kernels().empty());
  for (const auto& kernel : top_kernels()) {
    hold<std::int8_t>(kernel.name, kernel.bytes);
    hold<std::int16_t>(kernel.name, kernel.shorts);
    hold<std::int32_t>(kernel.name, kernel.words);
  }
}
}  // namespace
}  // namespace headroom::model
