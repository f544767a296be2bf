#include "workload/dispatch.h"

#include <gtest/gtest.h>

namespace headroom::workload {
namespace {
std::string order(UserDispatch& dispatch, const std::vector<ClassShare>& classes, int count) {
  std::string names;
  for (int i = 0; i < count; ++i) {
    const auto next = dispatch.next();
    names += next ? classes[*next].name : "-";
  }
  return names;
}

// Recorded from Locust 2.47's UsersDispatcher with these classes.
struct Row {
  std::vector<ClassShare> classes;
  const char* order;
};
class Dispatch : public testing::TestWithParam<Row> {};
TEST_P(Dispatch, ChoosesAsLocust) {
  UserDispatch dispatch(GetParam().classes);
  const std::string wanted = GetParam().order;
  EXPECT_EQ(order(dispatch, GetParam().classes, static_cast<int>(wanted.size())), wanted);
}
INSTANTIATE_TEST_SUITE_P(Table, Dispatch,
                         testing::Values(Row{{{"A", 5}, {"B", 1}}, "AABAAAAABAAAAABAAAAABAAA"},
                                         Row{{{"A", 3}, {"B", 2}, {"C", 1}}, "ABCABAABCABAABCABAABCABA"},
                                         Row{{{"A", 1}, {"B", 1}, {"C", 1}}, "ABCABCABC"},
                                         Row{{{"A", 0.5}, {"B", 0.25}}, "ABAABAABAABA"},
                                         Row{{{"A", 10}, {"B", 1}}, "AAAABAAAAAAAAAAABAAAAAAAAAABAAAAA"},
                                         Row{{{"Z", 2}, {"M", 7}, {"A", 1}}, "MMZMAMMZMMMMZMAMMZMMMMZMAMMZMMMMZMAMMZMM"},
                                         Row{{{"A", 1}, {"B", 1, 1}, {"C", 1, 3}}, "CBCCAAAAAA"}));

TEST(Dispatch, AFixedCountIsToppedUpAfterARemoval) {
  const std::vector<ClassShare> classes{{"A", 1, 0}, {"F", 1, 2}};
  UserDispatch dispatch(classes);
  EXPECT_EQ(order(dispatch, classes, 4), "FFAA");
  dispatch.removed(1);
  EXPECT_EQ(order(dispatch, classes, 3), "FAA");
}

TEST(Dispatch, TheSequenceGoesOnAfterARampDown) {
  const std::vector<ClassShare> classes{{"A", 3}, {"B", 2}, {"C", 1}};
  UserDispatch dispatch(classes);
  EXPECT_EQ(order(dispatch, classes, 3), "ABC");
  for (const std::size_t gone : {2U, 1U, 0U}) dispatch.removed(gone);
  EXPECT_EQ(order(dispatch, classes, 3), "ABA");
}

TEST(Dispatch, EndsWhenAllCountsAreFixedAndFilled) {
  const std::vector<ClassShare> classes{{"F", 1, 2}};
  UserDispatch dispatch(classes);
  EXPECT_EQ(order(dispatch, classes, 3), "FF-");
}
}  // namespace
}  // namespace headroom::workload
