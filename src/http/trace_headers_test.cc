#include <gtest/gtest.h>

#include <array>
#include <string>

#include "http/server_timing.h"
#include "http/traceparent.h"

namespace headroom::http {
namespace {
constexpr std::string_view kValid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traceparent, IsWrittenAsItWasRead) {
  const auto read = parse_traceparent(kValid);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->sampled);
  std::array<char, kTraceparentSize> out{};
  EXPECT_EQ(write_traceparent(out.data(), *read), out.data() + out.size());
  EXPECT_EQ(std::string_view(out.data(), out.size()), kValid);
}

TEST(Traceparent, InvalidOnesBeginANewTrace) {
  for (const std::string bad : {"", "00", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g", "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x"}) {
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
  }
}

TEST(Traceparent, OfALaterVersionMayBeLonger) {
  EXPECT_TRUE(parse_traceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more"));
}

TEST(ServerTiming, IsReadBackAsItWasWritten) {
  std::array<char, 100> out{};
  char* end = write_timing(out.data(), "parse", 1'234);
  *end++ = ',';
  *end++ = ' ';
  end = write_timing(end, "predict", 12'000'000'001);
  const std::string_view text(out.data(), static_cast<std::size_t>(end - out.data()));
  EXPECT_EQ(text, "parse;dur=0.001234, predict;dur=12000.000001");
  const std::array<std::string_view, 3> names{"predict", "parse", "queue"};
  std::array<std::int64_t, 3> ns{-1, -1, -1};
  EXPECT_EQ(parse_server_timing(text, names, ns), 2U);
  EXPECT_EQ(ns, (std::array<std::int64_t, 3>{12'000'000'001, 1'234, -1}));
}

TEST(ServerTiming, MalformedEntriesAreLeftOut) {
  const std::array<std::string_view, 1> names{"a"};
  for (const char* bad : {"", "a", "a;dur", "a;dur=", "a;dur=x", "a;dur=-1", "a;dur=1e9", "a;dur=nan", "a;dur=99999999", "b;dur=1", ";dur=1", "a;desc=\"x"}) {
    std::array<std::int64_t, 1> ns{-7};
    EXPECT_EQ(parse_server_timing(bad, names, ns), 0U) << bad;
    EXPECT_EQ(ns[0], -7);
  }
  std::array<std::int64_t, 1> ns{};
  EXPECT_EQ(parse_server_timing(" cache;desc=x , a;desc=\"y\" ; dur=2", names, ns), 1U);
  EXPECT_EQ(ns[0], 2'000'000);
}
}  // namespace
}  // namespace headroom::http
