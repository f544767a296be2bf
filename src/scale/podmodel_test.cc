#include "scale/podmodel.h"

#include <gmock/gmock.h>

#include "scale/dispatch.h"

namespace headroom::scale {
namespace {
using namespace std::chrono_literals;
using ::testing::ElementsAre;
const Instant kStart{1000s};

TEST(MetricsPipeline, AUsageNeedsTwoPoints) {
  MetricsPipeline pipeline(1);
  pipeline.refresh("a", {kStart, kStart + 2s, 1s, 7});
  pipeline.scrape();
  EXPECT_TRUE(pipeline.usage("c").empty());
  pipeline.refresh("a", {kStart, kStart + 12s, 3s, 9});
  pipeline.scrape();
  const auto items = pipeline.usage("c");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].window, 10s);
  EXPECT_EQ(items[0].at, kStart + 12s);
  EXPECT_EQ(items[0].containers[0].cpu_n, 200'000'000) << "2 s of CPU in 10 s";
  EXPECT_EQ(items[0].containers[0].memory_b, 9);
}

TEST(MetricsPipeline, AFirstPointOfTenSecondsIsHeldAgainstTheStart) {
  MetricsPipeline pipeline(1);
  pipeline.refresh("a", {kStart, kStart + 10s, 5s, 0});
  pipeline.scrape();
  ASSERT_EQ(pipeline.usage("c").size(), 1U);
  EXPECT_EQ(pipeline.usage("c")[0].containers[0].cpu_n, 500'000'000);
}

TEST(MetricsPipeline, AScrapeWithoutANewPointKeepsTheOldPair) {
  MetricsPipeline pipeline(1);
  pipeline.refresh("a", {kStart, kStart + 10s, 5s, 0});
  pipeline.scrape();
  pipeline.scrape();
  EXPECT_EQ(pipeline.usage("c")[0].window, 10s);
}

TEST(MetricsPipeline, ARestartedContainerHasAGap) {
  MetricsPipeline pipeline(1);
  pipeline.refresh("a", {kStart, kStart + 10s, 5s, 0});
  pipeline.scrape();
  pipeline.refresh("a", {kStart + 14s, kStart + 20s, 1s, 0});
  pipeline.scrape();
  EXPECT_TRUE(pipeline.usage("c").empty());
}

TEST(MetricsPipeline, SharesAreOfRealTimeWhateverTheScale) {
  MetricsPipeline pipeline(10);
  pipeline.refresh("a", {kStart, kStart + 10s, 100ms, 0});  // 10 controller seconds are one real one
  pipeline.scrape();
  EXPECT_EQ(pipeline.usage("c")[0].containers[0].cpu_n, 100'000'000);
}

TEST(Victims, GoInTheOrderOfTheReplicaSet) {
  const Rank old{true, true, kStart, 0, kStart};
  const Rank recent{true, true, kStart + 50s, 0, kStart};
  const Rank unready{true, false, kStart, 0, kStart};
  const Rank crashed{false, false, kStart, 3, kStart};
  EXPECT_THAT(victims({old, recent, unready, crashed}, 4), ElementsAre(3, 2, 1, 0));
  EXPECT_THAT(victims({old, recent}, 1), ElementsAre(1));
}

TEST(RestartDelay, DoublesFromTenSecondsToFiveMinutes) {
  EXPECT_EQ(restart_delay(1), 0s);
  EXPECT_EQ(restart_delay(2), 10s);
  EXPECT_EQ(restart_delay(3), 20s);
  EXPECT_EQ(restart_delay(6), 160s);
  EXPECT_EQ(restart_delay(7), 300s);
  EXPECT_EQ(restart_delay(1000), 300s);
}

TEST(Pick, TakesTheEmptiestOfTheReady) {
  Rng rng(1);
  const Candidate replicas[] = {{true, 3}, {false, 0}, {true, 1}};
  EXPECT_EQ(pick(replicas, Balance::least, rng), 2U);
}

TEST(Pick, NobodyReadyIsNobody) {
  Rng rng(1);
  const Candidate replicas[] = {{false, 0}};
  EXPECT_FALSE(pick(replicas, Balance::random, rng));
}

TEST(Pick, RandomIsBlindToLoad) {
  Rng rng(1);
  const Candidate replicas[] = {{true, 1000}, {true, 0}};
  int first = 0;
  for (int i = 0; i < 1000; ++i) first += pick(replicas, Balance::random, rng) == 0U ? 1 : 0;
  EXPECT_GT(first, 400);
  EXPECT_LT(first, 600);
}

TEST(Surplus, IsWhatStandsAboveAnEqualShare) {
  const Candidate replicas[] = {{true, 6}, {true, 6}, {true, 0}, {false, 9}};
  EXPECT_THAT(surplus(replicas), ElementsAre(2, 2, 0, 0));
  const Candidate even[] = {{true, 2}, {true, 1}};
  EXPECT_THAT(surplus(even), ElementsAre(0, 0));
}
}  // namespace
}  // namespace headroom::scale
