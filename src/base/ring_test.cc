#include "base/ring.h"

#include <gtest/gtest.h>

#include <thread>

namespace headroom {
namespace {
TEST(Ring, AFullRingDropsAndCounts) {
  Ring<int> ring(2);
  EXPECT_TRUE(ring.push(1));
  EXPECT_TRUE(ring.push(2));
  EXPECT_FALSE(ring.push(3));
  EXPECT_EQ(ring.dropped(), 1U);
  int item = 0;
  ASSERT_TRUE(ring.pop(item));
  EXPECT_EQ(item, 1);
  EXPECT_TRUE(ring.push(4));
}

TEST(Ring, EveryItemArrivesOnceAndInOrderAcrossThreads) {
  constexpr std::uint64_t count = 200'000;
  Ring<std::uint64_t> ring(1024);
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < count;) i += ring.push(i) ? 1 : 0;
  });
  std::uint64_t next = 0;
  while (next < count) {
    std::uint64_t item = 0;
    if (!ring.pop(item)) continue;
    ASSERT_EQ(item, next);
    ++next;
  }
  producer.join();
}
}  // namespace
}  // namespace headroom
