#include "model/numpy_partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace headroom::model {
namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::uint32_t> smallest(const std::vector<double>& values, std::size_t k, Partition how) {
  std::vector<std::uint32_t> order(values.size());
  argpartition(values, k, order, how);
  order.resize(k);
  return order;
}

struct Row {
  const char* name;
  std::vector<double> values;
  std::vector<std::uint32_t> order;   // of its first, as numpy 1.26 gives it
};
class Introselect : public testing::TestWithParam<Row> {};
TEST_P(Introselect, LeavesNumpysOrder) {
  EXPECT_EQ(smallest(GetParam().values, GetParam().order.size(), Partition::introselect), GetParam().order) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(Table, Introselect, testing::Values(
    Row{"equal values, and NaN among them", {3, 1, 2, 1, kNan, 0, 2, 1, 3, 0, kNan, 1, 2, 0}, {5, 9, 1, 13, 3}},
    Row{"most of them", {3, 1, 2, 1, kNan, 0, 2, 1, 3, 0, kNan, 1, 2, 0}, {9, 13, 12, 3, 11, 5, 1, 7, 6}},
    Row{"all of them", {3, 1, 2, 1, kNan, 0, 2, 1, 3, 0, kNan, 1, 2, 0}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 11, 12, 10}},
    // Made by an adversary of the comparisons: the median of three makes no progress, and the median of medians takes over.
    Row{"the worst order", {3,  33, 5,  33, 7,  20, 9,  33, 11, 30, 13, 21, 15, 22, 17, 23, 19, 29, 33, 0,
                            2,  4,  6,  8,  10, 12, 14, 16, 18, 24, 25, 26, 31, 33, 27, 28, 32, 33, 33, 1},
        {19, 39, 20, 0, 21, 2, 22, 4, 23, 6, 24, 8, 25, 10, 26, 12, 27, 14, 28, 16, 15, 13, 29, 5, 11, 30, 34, 31, 35, 17, 9}}));

TEST(Vectors, SortTheSmallestAndTakeTheFirstOfEqualOnes) {
  EXPECT_THAT(smallest({3, 1, 2, 1, 0, 2}, 4, Partition::vectors), testing::ElementsAre(4, 1, 3, 2));
  EXPECT_THAT(smallest({5}, 1, Partition::vectors), testing::ElementsAre(0));
}

TEST(Vectors, NanIsTheLargest) {
  EXPECT_THAT(smallest({kNan, 3, kNan, 1, 2}, 3, Partition::vectors), testing::UnorderedElementsAre(1, 3, 4));
}
}  // namespace
}  // namespace headroom::model
