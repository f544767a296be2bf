#include "base/units.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {
using namespace std::chrono_literals;

struct DurationRow { const char* text; Duration value; };
class ParseDuration : public testing::TestWithParam<DurationRow> {};
TEST_P(ParseDuration, ReadsWhatPeopleWrite) {
  const auto parsed = parse_duration(GetParam().text);
  ASSERT_TRUE(parsed) << GetParam().text;
  EXPECT_EQ(*parsed, GetParam().value) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Table, ParseDuration,
                         testing::Values(DurationRow{"250ms", 250ms}, DurationRow{"30s", 30s}, DurationRow{"2m", 2min},
                                         DurationRow{"1h20m", 80min}, DurationRow{"0.05s", 50ms}, DurationRow{"0", 0ns},
                                         DurationRow{"1.5h", 90min}, DurationRow{"3us", 3us}));

TEST(ParseDuration, RefusesWhatHasNoUnitOrNoSense) {
  for (const char* text : {"", "30", "-1s", "s", "1x", "1s ", " 1s", "1.2.3s", "999999999999h", "nan", "infs"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(ParseBytes, KnowsBinaryAndDecimalSuffixes) {
  EXPECT_EQ(parse_bytes("64KiB")->count, 65536U);
  EXPECT_EQ(parse_bytes("512Mi")->count, 512U << 20U);
  EXPECT_EQ(parse_bytes("2GB")->count, 2'000'000'000U);
  EXPECT_EQ(parse_bytes("10")->count, 10U);
  EXPECT_FALSE(parse_bytes("ten"));
  EXPECT_FALSE(parse_bytes("99999999999999GiB"));
}

TEST(ParseRate, IsPerSecondUnlessSaid) {
  EXPECT_DOUBLE_EQ(parse_rate("1000/s")->per_second, 1000);
  EXPECT_DOUBLE_EQ(parse_rate("60/m")->per_second, 1);
  EXPECT_DOUBLE_EQ(parse_rate("10")->per_second, 10);
  EXPECT_FALSE(parse_rate("0"));
  EXPECT_FALSE(parse_rate("-3/s"));
}

TEST(ToText, KeepsThreeDigits) {
  EXPECT_EQ(to_text(1250us), "1.25 ms");
  EXPECT_EQ(to_text(350us), "350 µs");
  EXPECT_EQ(to_text(125s), "2m 5s");
  EXPECT_EQ(to_text(Bytes{1536}), "1.5 KiB");
}
}  // namespace
}  // namespace headroom
