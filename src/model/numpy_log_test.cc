#include "model/numpy_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace headroom::model {
namespace {
TEST(NumpyLog, EveryKindIsWithinTwoUlpOfTheLogarithm) {
  for (const auto kind : {NumpyLog::table, NumpyLog::fast, NumpyLog::nearest}) {
    for (double x = 1e-300; x < 1e300; x *= 1.0837) {
      const double want = std::log(x);
      ASSERT_LE(std::fabs(numpy_log(x, kind) - want), 2 * (std::nextafter(std::fabs(want), std::numeric_limits<double>::infinity()) - std::fabs(want))) << x;
    }
    EXPECT_EQ(numpy_log(1.0, kind), 0.0);
    EXPECT_NEAR(numpy_log(std::numeric_limits<double>::epsilon(), kind), -52 * std::log(2.0), 1e-14);
  }
}

// The prior odds of a boosting that numpy 1.24 trained: its logarithm is 0.511 ulp off, the C library's 0.489.
TEST(NumpyLog, TheFastOneErrsWhereNumpyDoes) {
  constexpr double kPrior = 0.6274165202108963;
  const double odds = kPrior / (1 - kPrior);
  EXPECT_EQ(numpy_log(odds, NumpyLog::nearest), 0.5211495071076268);
  EXPECT_EQ(numpy_log(odds, NumpyLog::fast), 0.52114950710762664);
}
}  // namespace
}  // namespace headroom::model
