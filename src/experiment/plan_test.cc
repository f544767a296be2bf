#include "experiment/plan.h"

#include <gtest/gtest.h>

namespace headroom::experiment {
namespace {
using namespace std::chrono_literals;

constexpr const char* kWhole = R"(serve:  {model: model.joblib}
scale:  {hpa: hpa.yml, deployment: deployment.yml, time_scale: 10}
load:   {scenario: iris.yml, steps: [{users: 150}, {users: 300, duration: 1m}, {rate: 1000/s}], spawn_rate: 100, duration: 10s, until: breaks}
slo:    "p95<200ms, errors<0.1%"
report: there/
)";

TEST(Plan, ReadsEveryKeyOfTheExample) {
  const auto plan = read_plan(kWhole);
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->parts.size(), 1U);
  const auto& part = plan->parts[0];
  EXPECT_EQ(part.model, "model.joblib");
  EXPECT_EQ(part.hpa, "hpa.yml");
  EXPECT_EQ(part.deployment, "deployment.yml");
  EXPECT_EQ(part.time_scale, 10);
  EXPECT_EQ(part.scenario, "iris.yml");
  ASSERT_EQ(part.steps.size(), 3U);
  EXPECT_EQ(part.steps[0].users, 150);
  EXPECT_FALSE(part.steps[0].duration);
  EXPECT_EQ(part.steps[1].duration, Duration(1min));
  EXPECT_EQ(part.steps[2].rate, 1000);
  EXPECT_EQ(part.spawn_rate, 100);
  EXPECT_EQ(part.duration, Duration(10s));
  EXPECT_TRUE(part.until_breaks);
  EXPECT_EQ(plan->slo.terms.size(), 2U);
  EXPECT_EQ(plan->report, "there/");
}

TEST(Plan, APartOverridesTheTopsKeysAndKeepsTheOthers) {
  const auto plan = read_plan(std::string(kWhole) +
                              "parts:\n  - {name: open, scale: none}\n  - {name: small, load: {steps: [{users: 7}], duration: 2s}}\n");
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->parts.size(), 2U);
  EXPECT_EQ(plan->parts[0].hpa, "");
  EXPECT_EQ(plan->parts[0].steps.size(), 3U);
  EXPECT_EQ(plan->parts[1].hpa, "hpa.yml");
  ASSERT_EQ(plan->parts[1].steps.size(), 1U);
  EXPECT_EQ(plan->parts[1].steps[0].users, 7);
  EXPECT_EQ(plan->parts[1].spawn_rate, 100);
}

struct Bad {
  const char* yaml;
  int line, column;
  const char* says;
};
class BadPlan : public testing::TestWithParam<Bad> {};
TEST_P(BadPlan, IsRefusedWithItsPlace) {
  const auto plan = read_plan(GetParam().yaml);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().line, GetParam().line) << plan.error().message;
  EXPECT_EQ(plan.error().column, GetParam().column) << plan.error().message;
  EXPECT_NE(plan.error().message.find(GetParam().says), std::string::npos) << plan.error().message;
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadPlan,
    testing::Values(Bad{"serve: {model: m}\nlaod: {}\n", 2, 1, "unknown key 'laod'"}, Bad{"serve: {model: m, url: http://h}\n", 1, 8, "either"},
                    Bad{"serve: {model: m}\nload: {scenario: s, steps: [{users: 1.5}]}\n", 2, 37, "whole number"},
                    Bad{"serve: {model: m}\nload: {scenario: s, steps: [{users: 1, rate: 1/s}]}\n", 2, 29, "either 'users' or 'rate'"},
                    Bad{"serve: {model: m}\nload: {scenario: s, steps: []}\n", 2, 28, "list of 1"},
                    Bad{"serve: {model: m}\nload: {scenario: s, steps: [{users: 1}], duration: 10}\n", 2, 52, "duration"},
                    Bad{"serve: {model: m}\nload: {scenario: s, steps: [{users: 1}]}\nslo: \"p95<\"\n", 3, 6, "p95"},
                    Bad{"serve: {model: m}\nload: {scenario: s, steps: [{users: nan}]}\n", 2, 37, "number from"},
                    Bad{"serve: {model: m}\n", 1, 1, "no load"},
                    Bad{"serve: {model: m}\nscale: {hpa: h}\nload: {scenario: s, steps: [{users: 1}]}\n", 1, 1, "needs the Deployment"},
                    Bad{"- 1\n", 1, 1, "must be a map"}));

TEST(Plan, MoreBytesThanTheLimitAreRefused) {
  EXPECT_FALSE(read_plan(std::string((1U << 20U) + 1, ' ')));
}
}  // namespace
}  // namespace headroom::experiment
