#include "load/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::load {
namespace {
using namespace std::chrono_literals;

GeneratorFacts facts(Duration lag, Duration latency) {
  GeneratorFacts f;
  f.span = f.wall = 10s;
  f.cpu = 2s;
  f.requests = 100;
  f.lag.add(lag.count(), 100);
  f.latency.add(latency.count(), 100);
  return f;
}

TEST(GeneratorVerdict, AQuietGeneratorIsBelieved) { EXPECT_THAT(generator_reasons(facts(100us, 5ms), {}), testing::IsEmpty()); }

TEST(GeneratorVerdict, LagThatIsMuchOfTheLatencyIsNot) {
  EXPECT_THAT(generator_reasons(facts(3ms, 5ms), {}), testing::ElementsAre(testing::HasSubstr("sent late")));
  EXPECT_THAT(generator_reasons(facts(3ms, 100ms), {}), testing::IsEmpty());
}

TEST(GeneratorVerdict, LagTooSmallForTheSloIsLetPass) {
  EXPECT_THAT(generator_reasons(facts(3ms, 5ms), *stats::parse_slo("p95<200ms")), testing::IsEmpty());
  EXPECT_THAT(generator_reasons(facts(3ms, 5ms), *stats::parse_slo("p95<20ms, p99<1s")), testing::SizeIs(1));
}

TEST(GeneratorVerdict, BusyThreadsAndAThrottlingCgroupAreNamed) {
  auto busy = facts(10us, 1ms);
  busy.busy_span = 2s;
  EXPECT_THAT(generator_reasons(busy, {}), testing::ElementsAre(testing::HasSubstr("of a core each")));
  auto throttled = facts(10us, 1ms);
  throttled.throttled = 600ms;
  EXPECT_THAT(generator_reasons(throttled, {}), testing::ElementsAre(testing::HasSubstr("CPU quota")));
}

TEST(GeneratorVerdict, ASlowServerThatKeepsAllConnectionsIsNotItsFault) {
  auto f = facts(10us, 2s);
  f.queued = 1000;
  f.never_sent = 50;
  EXPECT_THAT(generator_reasons(f, {}), testing::IsEmpty());
}
}  // namespace
}  // namespace headroom::load
