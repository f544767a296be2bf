#include "model/numpy_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "model/numpy_exp.h"

namespace headroom::model {
namespace {
TEST(NumpyLog, EveryKindIsWithinTwoUlpOfTheLogarithm) {
  for (const auto kind : {NumpyLog::table, NumpyLog::fast, NumpyLog::accurate, NumpyLog::nearest}) {
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

// What numpy 2.2 gives with AVX-512; the C library gives one ulp more.
TEST(NumpyLog, TheAccurateOneErrsWhereNumpyDoes) {
  EXPECT_EQ(numpy_log(0.96931351018248257, NumpyLog::accurate), -0.031167179499121643);
  EXPECT_EQ(numpy_log(0.95736516138853034, NumpyLog::accurate), -0.043570391459024208);
}

TEST(NumpyExp, IsWithinOneUlpOfTheExponential) {
  for (const auto kind : {NumpyExp::table, NumpyExp::fast, NumpyExp::accurate, NumpyExp::nearest}) {
    for (double x = -690; x < 690; x += 0.0837) {
      const double want = std::exp(x);
      ASSERT_LE(std::fabs(numpy_exp(x, kind) - want), std::nextafter(want, std::numeric_limits<double>::infinity()) - want) << x;
    }
    EXPECT_EQ(numpy_exp(0.0, kind), 1.0);
  }
}

// What numpy 1.26 and 2.2 give with AVX-512.
TEST(NumpyExp, TheAccurateOneErrsWhereNumpyDoes) {
  EXPECT_EQ(numpy_exp(-2.9540043181541935, NumpyExp::fast), 0.0521305401763572);
  EXPECT_EQ(numpy_exp(-2.9540043181541935, NumpyExp::accurate), 0.052130540176357196);
}
}  // namespace
}  // namespace headroom::model
