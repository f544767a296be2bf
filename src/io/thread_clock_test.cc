#include "io/thread_clock.h"

#include <gtest/gtest.h>

#include <cmath>

namespace headroom::io {
namespace {
TEST(MachineTime, IsTheSumOfTheFirstLine) {
  const auto time = read_machine_time("cpu  100 1 20 800 30 4 5 40 90 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
  ASSERT_TRUE(time);
  EXPECT_EQ(time->all, 1000U) << "guests are in the user's time";
  EXPECT_EQ(time->busy, 170U) << "neither idle nor waiting for a disk";
}

TEST(MachineTime, WhatIsNoStatIsNothing) {
  for (const auto* text : {"", "cpu0 1 2 3 4 5 6 7 8\n", "cpu  1 2 3\n", "cpu  a b c d e f g h"}) EXPECT_FALSE(read_machine_time(text)) << text;
  EXPECT_TRUE(machine_time()) << "of this machine";
}

TEST(MachineTime, AShareNeedsSomeTime) {
  EXPECT_DOUBLE_EQ(busy_share({100, 1000}, {175, 1100}), 0.75);
  EXPECT_TRUE(std::isnan(busy_share({100, 1000}, {101, 1001})));
  EXPECT_TRUE(std::isnan(busy_share({100, 1000}, {90, 1100}))) << "a counter that ran backwards";
}
}  // namespace
}  // namespace headroom::io
