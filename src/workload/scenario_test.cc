#include "workload/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace headroom::workload {
namespace {
using namespace std::chrono_literals;

std::string file(const char* path) {
  std::ifstream input(std::string(HEADROOM_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(input), {}};
}

TEST(Scenario, TheIrisExampleIsTheOriginalsThreeUsers) {
  const auto scenario = read_scenario(file("examples/iris/iris.yml"));
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->host, "http://localhost:8000");
  ASSERT_EQ(scenario->users.size(), 3U);
  EXPECT_EQ(scenario->users[0].name, "IrisPredictionAPIUser");
  EXPECT_EQ(scenario->users[0].weight, 3);
  EXPECT_EQ(scenario->users[0].wait, (Wait{Wait::Kind::between, 500ms, 2s, 0}));
  EXPECT_EQ(scenario->users[0].tasks, (std::vector<TaskChoice>{{0, 10}, {1, 1}}));
  const Task& predict = scenario->tasks[0];
  EXPECT_EQ(predict.method + " " + predict.path, "POST /predict");
  EXPECT_EQ(predict.body, R"({"features":{{row}}})");
  EXPECT_EQ(predict.content_type, "application/json");
  EXPECT_EQ(predict.expect.status, std::vector<int>{200});
  EXPECT_EQ(predict.expect.json[0].any_of, (std::vector<std::string>{R"("setosa")", R"("versicolor")", R"("virginica")"}));
  EXPECT_EQ(predict.slow, std::optional<Duration>(500ms));
  EXPECT_EQ(scenario->stages, (std::vector<Stage>{{60s, 150, 10, 0}, {120s, 300, 10, 0}}));
}

TEST(Scenario, PrintsAndReadsBackAsItself) {
  for (const char* path : {"examples/iris/iris.yml", "tests/corpus/scenario_fuzz/json.yml"}) {
    const auto scenario = read_scenario(file(path));
    ASSERT_TRUE(scenario) << path << scenario.error().message;
    const auto again = read_scenario(print_scenario(*scenario));
    ASSERT_TRUE(again) << again.error().message << print_scenario(*scenario);
    EXPECT_EQ(*again, *scenario);
  }
}

TEST(Scenario, AStepsDurationBeginsWhenTheLastUserIsThere) {
  const auto scenario = read_scenario("{users: {U: {tasks: a}}, tasks: {a: {get: /}}, shape: {steps: [{users: 20}, {users: 50}], duration: 10s, spawn_rate: 10}}");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->stages[0].duration, 11s);
  EXPECT_EQ(scenario->stages[1].duration, 12s);
}

struct WrongRow {
  std::string yaml;
  const char* message;
  int line;
  int column;
};
class WrongScenario : public testing::TestWithParam<WrongRow> {};
TEST_P(WrongScenario, IsRefusedWithItsPlace) {
  const auto scenario = read_scenario(GetParam().yaml);
  ASSERT_FALSE(scenario) << GetParam().yaml;
  EXPECT_THAT(scenario.error().message, testing::HasSubstr(GetParam().message));
  EXPECT_EQ(scenario.error().line, GetParam().line) << scenario.error().message;
  EXPECT_EQ(scenario.error().column, GetParam().column) << scenario.error().message;
}
INSTANTIATE_TEST_SUITE_P(
    Table, WrongScenario,
    testing::Values(
        WrongRow{"", "empty", 0, 0}, WrongRow{"- 1", "must be a map", 1, 1}, 
        WrongRow{"tasks: {a: {get: /}}\nusers:\n  A: {wieght: 3, tasks: [a]}", "did you mean 'weight'?", 3, 7},
        WrongRow{"tasks: {a: {get: /}}\nusers: {A: {tasks: [b]}}", "did you mean 'a'?", 2, 21},
        WrongRow{"tasks: {a: {get: /}}\nusers: {A: {}}", "needs tasks", 2, 9},
        WrongRow{"tasks: {a: {get: /}}\nusers: {A: {tasks: a, wait: 3}}", "a duration such as", 2, 29},
        WrongRow{"tasks: {a: {get: /}}\nusers: {A: {tasks: a, wait: {between: [2s, 1s]}}}", "smaller than the first", 2, 39},
        WrongRow{"tasks: {a: {get: /, post: /}}\nusers: {A: {tasks: a}}", "a task sends one request", 1, 27},
        WrongRow{"tasks: {a: {get: \"/a b\"}}\nusers: {A: {tasks: a}}", "a path begins with /", 1, 18},
        WrongRow{"tasks: {a: {get: /, headers: {\"A\\r\\nB\": c}}}\nusers: {A: {tasks: a}}", "not a header name", 1, 31},
        WrongRow{"tasks: {\"a\\u0007\": {get: /}}\nusers: {A: {tasks: []}}", "the name of a task holds a control character", 1, 9},
        WrongRow{"tasks: {" + std::string(257, 'a') + ": {get: /}}\nusers: {A: {tasks: []}}", "longer than 256 bytes", 1, 9},
        WrongRow{"tasks: {a: {get: /}}\nusers: {\"\": {tasks: [a]}}", "the name of a user class is empty", 2, 9},
        WrongRow{"tasks: {a: {post: /, json: \"{{row}}\"}}\nusers: {A: {tasks: a}}", "needs 'data:'", 1, 28},
        WrongRow{"tasks: {a: {get: /}, a: {get: /}}\nusers: {A: {tasks: a}}", "stands here twice", 1, 22},
        WrongRow{"tasks: {a: {get: /}}\nusers: {A: {tasks: a}}\nshape: {stages: [{users: 3}]}", "needs a duration", 3, 18},
        WrongRow{"tasks: {a: {get: /}}\nusers: {A: {tasks: a}}\nshape: {stages: [{users: 3, rate: 1/s, duration: 1s}]}", "either users or rate", 3, 18},
        WrongRow{"a: &a [*a]", "inside the node it names", 1, 8}, WrongRow{"a: !!binary aGk=", "tags such as", 1, 4}));

TEST(Scenario, ABillionLaughsAreRefusedBeforeTheyAreHeard) {
  const auto scenario = read_scenario(file("tests/corpus/scenario_fuzz/laughs.yml"), {.max_nodes = 5000});
  ASSERT_FALSE(scenario);
  EXPECT_THAT(scenario.error().message, testing::HasSubstr("more than 5000 values"));
}

TEST(Scenario, WhatIsNoYamlIsCalledSo) {
  const auto scenario = read_scenario("a: [");
  ASSERT_FALSE(scenario);
  EXPECT_THAT(scenario.error().message, testing::StartsWith("not YAML: "));
  EXPECT_EQ(scenario.error().line, 1);
}

TEST(Scenario, DepthAndSizeHaveLimits) {
  EXPECT_THAT(read_scenario(std::string(40, '[')).error().message, testing::HasSubstr("nested deeper than 32"));
  EXPECT_THAT(read_scenario(std::string(2000, 'a'), {.max_bytes = 1000}).error().message, testing::HasSubstr("larger than 1000 bytes"));
}
}  // namespace
}  // namespace headroom::workload
