#include "stats/quantile_interval.h"

#include <gtest/gtest.h>

#include "base/rng.h"
#include "stats/moments.h"

namespace headroom::stats {
namespace {
TEST(QuantileRanks, MatchTheTablesOfTheMedian) {
  // Sign-test tables: n = 10 → (2, 9), n = 20 → (6, 15), n = 25 → (8, 18) at 95 %.
  const auto expect = [](std::uint64_t n, std::uint64_t lower, std::uint64_t upper) {
    const auto ranks = quantile_ranks(n, 0.5, 0.95);
    EXPECT_EQ(ranks.lower, lower) << n;
    EXPECT_EQ(ranks.upper, upper) << n;
  };
  expect(10, 2, 9);
  expect(20, 6, 15);
  expect(25, 8, 18);
}

TEST(QuantileRanks, TooFewValuesLeaveASideOpen) {
  EXPECT_FALSE(quantile_ranks(100, 0.999, 0.95).upper);
  EXPECT_TRUE(quantile_ranks(100'000, 0.999, 0.95).upper);
  EXPECT_FALSE(quantile_ranks(5, 0.5, 0.95).lower);
  EXPECT_FALSE(quantile_ranks(0, 0.5, 0.95).lower);
}

TEST(QuantileRanks, HugeCountsGiveTheNormalWidth) {
  const auto ranks = quantile_ranks(10'000'000, 0.95, 0.95);
  ASSERT_TRUE(ranks.lower && ranks.upper);
  const double half = 1.959964 * std::sqrt(1e7 * 0.95 * 0.05);
  EXPECT_NEAR(static_cast<double>(*ranks.lower), 9.5e6 - half, 3);
  EXPECT_NEAR(static_cast<double>(*ranks.upper), 9.5e6 + half, 3);
}

TEST(QuantileInterval, CoversTheTruthAsOftenAsItSays) {
  Rng rng(11);
  int covered = 0;
  constexpr int kTrials = 1000;
  for (int trial = 0; trial < kTrials; ++trial) {
    Histogram histogram;
    for (int i = 0; i < 500; ++i) histogram.add(static_cast<std::int64_t>(rng.exponential() * 1e6));
    const auto interval = quantile_interval(histogram, 0.9, 0.95);
    const double truth = 1e6 * std::log(10.0);
    covered += static_cast<double>(*interval.lower) <= truth * 1.001 && truth <= static_cast<double>(*interval.upper) * 1.001 ? 1 : 0;
  }
  EXPECT_GE(covered, kTrials * 0.94);
}

TEST(Moments, MergedEqualsAllInOne) {
  Rng rng(12);
  Moments all, left, right;
  for (int i = 0; i < 1000; ++i) {
    const double value = rng.normal() + 1e9;  // far from zero, where the textbook formula loses everything
    all.add(value);
    (i % 3 ? left : right).add(value);
  }
  left.merge(right);
  EXPECT_EQ(left.count(), all.count());
  EXPECT_NEAR(left.mean(), all.mean(), 1e-5);
  EXPECT_NEAR(left.variance(), all.variance(), 1e-5);
  EXPECT_NEAR(all.variance(), 1, 0.15);
}

TEST(OperationalLaws, AreWhatTheyAre) {
  EXPECT_DOUBLE_EQ(littles_law(100, 0.05), 5);
  EXPECT_DOUBLE_EQ(utilization(100, 0.015, 2), 0.75);
}
}  // namespace
}  // namespace headroom::stats
