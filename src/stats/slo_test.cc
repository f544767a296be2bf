#include "stats/slo.h"

#include <gtest/gtest.h>

namespace headroom::stats {
namespace {
using namespace std::chrono_literals;

TEST(Slo, JudgesEachTermByWhatWasMeasured) {
  const auto slo = parse_slo("p95<200ms, errors<0.1%, mean <= 1s, max>1ms, rps>=10/s");
  ASSERT_TRUE(slo) << slo.error().message;
  Histogram latency;
  for (int i = 1; i <= 100; ++i) latency.add(std::chrono::nanoseconds(i * 1ms).count());
  const auto outcomes = judge(*slo, {latency, 100, 1, 5s});
  ASSERT_EQ(outcomes.size(), 5U);
  EXPECT_TRUE(outcomes[0].met);
  EXPECT_NEAR(outcomes[0].measured, 95e6, 1e5);
  EXPECT_EQ(outcomes[0].term, "p95<200ms");
  EXPECT_FALSE(outcomes[1].met);
  EXPECT_EQ(outcomes[1].measured_text, "1%");
  EXPECT_TRUE(outcomes[2].met);
  EXPECT_TRUE(outcomes[3].met);
  EXPECT_EQ(outcomes[4].measured_text, "20.0/s");
  EXPECT_FALSE(met(outcomes));
}

TEST(Slo, NoRequestsShowNothing) {
  const Histogram empty;
  EXPECT_FALSE(met(judge(*parse_slo("p99<1s"), {empty, 0, 0, 1s})));
  EXPECT_TRUE(met(judge(*parse_slo(""), {empty, 0, 0, 1s})));
}

TEST(Slo, ALimitItselfIsNotBelowIt) {
  Histogram latency;
  latency.add(1000);
  EXPECT_FALSE(met(judge(*parse_slo("max<1us"), {latency, 1, 0, 1s})));
  EXPECT_TRUE(met(judge(*parse_slo("max<=1us"), {latency, 1, 0, 1s})));
}

TEST(Slo, RefusesWhatHasNoSense) {
  for (const char* text : {"p95", "p0<1s", "p101<1s", "q95<1s", "p95<200", "errors<0.1", "errors<101%", "p95=1s", "<1s", "p95<1s,,", "rps>0"}) {
    EXPECT_FALSE(parse_slo(text)) << text;
  }
}
}  // namespace
}  // namespace headroom::stats
