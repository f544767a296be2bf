#include "stats/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.h"

namespace headroom::stats {
namespace {
std::int64_t nearest_rank(const std::vector<std::int64_t>& sorted, double q) {
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size()) * (1 - 1e-13)));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

/// Log-uniform over many octaves, so that every bucket width is met.
std::vector<std::int64_t> draw(Rng& rng, std::size_t n, double octaves) {
  std::vector<std::int64_t> values(n);
  for (auto& value : values) value = static_cast<std::int64_t>(std::exp2(rng.uniform(0, octaves)));
  return values;
}

Histogram of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const auto value : values) histogram.add(value);
  return histogram;
}

TEST(Histogram, EveryQuantileIsWithinATenthOfAPercentOfTheSortedValues) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Rng rng(seed);
    auto values = draw(rng, 1 + rng.below(3000), rng.uniform(1, 61));
    const Histogram histogram = of(values);
    std::sort(values.begin(), values.end());
    for (const double q : {0.0, 0.001, 0.01, 0.07, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
      const auto truth = nearest_rank(values, q);
      const auto found = histogram.quantile(q);
      EXPECT_LE(std::abs(static_cast<double>(found - truth)), 0.001 * static_cast<double>(truth)) << "seed " << seed << " q " << q;
    }
    EXPECT_EQ(histogram.min(), values.front());
    EXPECT_EQ(histogram.max(), values.back());
    EXPECT_EQ(histogram.count(), values.size());
  }
}

TEST(Histogram, CountAtMostAgreesWithTheSortedValuesAtBucketEdges) {
  Rng rng(7);
  auto values = draw(rng, 2000, 40);
  const Histogram histogram = of(values);
  std::sort(values.begin(), values.end());
  histogram.for_each([&](std::int64_t edge, std::uint64_t) {
    const auto truth = std::upper_bound(values.begin(), values.end(), edge) - values.begin();
    EXPECT_EQ(histogram.count_at_most(edge), static_cast<std::uint64_t>(truth)) << edge;
  });
  EXPECT_EQ(histogram.count_at_most(values.front() - 1), 0U);
}

TEST(Histogram, BucketCountsAddUpAndAscend) {
  Rng rng(8);
  const Histogram histogram = of(draw(rng, 5000, 50));
  std::uint64_t total = 0;
  std::int64_t last = -1;
  histogram.for_each([&](std::int64_t edge, std::uint64_t n) {
    EXPECT_GT(edge, last);
    last = edge;
    total += n;
  });
  EXPECT_EQ(total, 5000U);
}

TEST(Histogram, AnEmptyOneAnswersZero) {
  const Histogram empty;
  EXPECT_EQ(empty.quantile(0.5), 0);
  EXPECT_EQ(empty.mean(), 0);
  EXPECT_EQ(empty.count_at_most(1000), 0U);
  EXPECT_EQ(empty.encode(), "");
}

TEST(Histogram, ValuesOutsideTheRangeAreHeldAtItsEnds) {
  Histogram histogram;
  histogram.add(-5);
  histogram.add(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), Histogram::kHighest);
}

TEST(Histogram, MergedEqualsAllValuesInOneInEitherRepresentation) {
  Rng rng(9);
  auto a = draw(rng, 500, 20);
  const auto b = draw(rng, 700, 45);
  Histogram merged = of(a);
  merged.merge(*Histogram::decode(of(b).encode()));  // dense + sparse
  Histogram other = *Histogram::decode(of(a).encode());
  other.merge(of(b));  // sparse + dense
  a.insert(a.end(), b.begin(), b.end());
  EXPECT_EQ(merged.encode(), of(a).encode());
  EXPECT_EQ(other.encode(), of(a).encode());
}

TEST(Histogram, DecodingGivesBackWhatWasEncoded) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Rng rng(seed);
    const Histogram original = of(draw(rng, rng.below(2000), 62));
    const auto decoded = Histogram::decode(original.encode());
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_EQ(decoded->encode(), original.encode()) << "seed " << seed;
    for (const double q : {0.0, 0.5, 0.99, 1.0}) EXPECT_EQ(decoded->quantile(q), original.quantile(q));
    EXPECT_EQ(decoded->sum(), original.sum());
  }
}

TEST(Histogram, AddingToADecodedOneGoesOn) {
  Histogram decoded = *Histogram::decode(of({5, 1'000'000}).encode());
  decoded.add(70);
  EXPECT_EQ(decoded.encode(), of({5, 1'000'000, 70}).encode());
}

TEST(Histogram, TruncatedBytesAreAnErrorAtEveryLength) {
  Rng rng(10);
  const std::string whole = of(draw(rng, 200, 30)).encode();
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(Histogram::decode(std::string_view(whole).substr(0, size))) << size;
  }
}

struct Hostile {
  const char* name;
  std::string bytes;
};
class HostileHistogram : public testing::TestWithParam<Hostile> {};
TEST_P(HostileHistogram, IsRefused) { EXPECT_FALSE(Histogram::decode(GetParam().bytes)) << GetParam().name; }

// precision 10 | count 1 | min 5 | max 5 | sum 5.0 | gap 5 | count 1
const std::string kSum("\0\0\0\0\0\0\x14\x40", 8);
INSTANTIATE_TEST_SUITE_P(
    Table, HostileHistogram,
    testing::Values(Hostile{"other precision", "\x0b\x01\x05\x05" + kSum + "\x05\x01"},
                    Hostile{"bytes behind the end", "\x0a\x01\x05\x05" + kSum + "\x05\x01\x01"},
                    Hostile{"count larger than the buckets hold", "\x0a\x02\x05\x05" + kSum + "\x05\x01"},
                    Hostile{"buckets hold more than the count", "\x0a\x01\x05\x05" + kSum + "\x05\x02"},
                    Hostile{"min above max", "\x0a\x01\x06\x05" + kSum + "\x05\x01"},
                    Hostile{"min is not in the first bucket", "\x0a\x01\x04\x05" + kSum + "\x05\x01"},
                    Hostile{"a bucket of none", std::string("\x0a\x01\x05\x05") + kSum + std::string("\x05\x00", 2)},
                    Hostile{"a longer varint than needed", std::string("\x0a\x81\x00\x05\x05", 5) + kSum + "\x05\x01"},
                    Hostile{"a bucket beyond the last", "\x0a\x01\x05\x05" + kSum + "\xff\xff\xff\xff\x7f\x01"},
                    Hostile{"a sum below the least possible", "\x0a\x01\x05\x05" + std::string(8, '\0') + "\x05\x01"},
                    Hostile{"a sum that is no number", "\x0a\x01\x05\x05" + std::string(8, '\xff') + "\x05\x01"}));

TEST(Histogram, TheTableAboveBeginsFromBytesThatAreRight) {
  EXPECT_TRUE(Histogram::decode("\x0a\x01\x05\x05" + kSum + "\x05\x01"));
}
}  // namespace
}  // namespace headroom::stats
