#include "load/population.h"

#include <gtest/gtest.h>

#include <map>

namespace headroom::load {
namespace {
using namespace std::chrono_literals;

std::vector<Population::Change> changes(Population& population, Instant now) {
  std::vector<Population::Change> all;
  while (const auto change = population.change(now)) all.push_back(*change);
  return all;
}

TEST(Population, ComesByTheStaircase) {
  Population population({{"A", 1}}, 0, 1);
  population.aim(25, 10, Instant{});
  EXPECT_EQ(changes(population, Instant{}).size(), 10U);
  EXPECT_EQ(population.next_change(), Instant{1s});
  EXPECT_EQ(changes(population, Instant{1s}).size(), 10U);
  EXPECT_EQ(changes(population, Instant{2s}).size(), 5U);
  EXPECT_EQ(population.next_change(), std::nullopt);
}

TEST(Population, ThreadsShareTheUsersWithoutAWord) {
  std::map<std::size_t, int> by_class;
  int total = 0;
  for (int thread = 0; thread < 3; ++thread) {
    Population population({{"A", 3}, {"B", 2}, {"C", 1}}, thread, 3);
    population.aim(100, 1000, Instant{});
    for (const auto& change : changes(population, Instant{})) ++by_class[change.user_class];
    total += population.own();
    EXPECT_EQ(population.all(), 100);
  }
  EXPECT_EQ(total, 100);
  EXPECT_EQ(by_class, (std::map<std::size_t, int>{{0, 50}, {1, 33}, {2, 17}}));
}

TEST(Population, TheNewestGoFirst) {
  Population population({{"A", 1}}, 0, 1);
  population.aim(3, 10, Instant{});
  EXPECT_EQ(changes(population, Instant{}).size(), 3U);
  population.aim(1, 10, Instant{5s});
  const auto gone = changes(population, Instant{5s});
  ASSERT_EQ(gone.size(), 2U);
  EXPECT_FALSE(gone[0].came);
  EXPECT_EQ(gone[0].user, 2U);
  EXPECT_EQ(gone[1].user, 1U);
}

TEST(WaitingUsers, AreDueInOrderOfTime) {
  WaitingUsers waiting;
  waiting.add(Instant{3s}, 3, 0);
  waiting.add(Instant{1s}, 1, 0);
  EXPECT_EQ(waiting.next(), Instant{1s});
  EXPECT_EQ(waiting.take(Instant{2s})->user, 1U);
  EXPECT_FALSE(waiting.take(Instant{2s}));
}
}  // namespace
}  // namespace headroom::load
