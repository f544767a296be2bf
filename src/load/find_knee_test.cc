#include <algorithm>

#include "load/find_knee.h"

#include <gtest/gtest.h>

namespace headroom::load {
namespace {
using namespace std::chrono_literals;

// A service that answers `per_user` requests a second and user up to its capacity, and meets its SLO up to `good_to`.
struct Service {
  double capacity = 1000;
  double per_user = 1;
  double good_to = 1e9;
};

double search(KneeSearch& search, const Service& service) {
  std::optional<Step> step = search.first();
  while (step) {
    const double level = step->users > 0 ? step->users : step->rate;
    StepResult result;
    result.steady = 10s;
    result.stats.requests = static_cast<std::uint64_t>(10 * std::min(service.capacity, level * service.per_user));
    result.slo_met = level <= service.good_to;
    step = search.next(result);
  }
  return search.knee();
}

TEST(KneeSearch, FindsWhereTheSloBreaks) {
  KneeSearch knee({});
  EXPECT_NEAR(search(knee, {.capacity = 1e9, .good_to = 730}), 730, 73);
  EXPECT_EQ(knee.reason(), Broke::slo);
  EXPECT_LE(knee.knee(), 730);
}

TEST(KneeSearch, FindsWhereThroughputStopsGrowing) {
  KneeSearch knee({.by_rate = true, .first = 50});
  EXPECT_NEAR(search(knee, {.capacity = 1000}), 1000, 100);
  EXPECT_EQ(knee.reason(), Broke::saturated);
  KneeSearch by_users({});
  EXPECT_NEAR(search(by_users, {.capacity = 1000}), 1000, 250);
}

TEST(KneeSearch, SaysWhenNothingBreaks) {
  KneeSearch knee({.last = 3000});
  EXPECT_EQ(search(knee, {.capacity = 1e9}), 3000);
  EXPECT_EQ(knee.reason(), Broke::no);
}

TEST(KneeSearch, GoesDownWhenTheFirstLevelBreaks) {
  KneeSearch knee({});
  EXPECT_NEAR(search(knee, {.good_to = 20}), 20, 2);
}

TEST(KneeSearch, EndsWhenNoLevelHolds) {
  KneeSearch knee({});
  EXPECT_EQ(search(knee, {.good_to = 0}), 0);
  EXPECT_LE(knee.levels().size(), 16U);
}
}  // namespace
}  // namespace headroom::load
