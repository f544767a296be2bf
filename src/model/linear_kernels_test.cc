#include "model/linear_kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Units in the last place between a result and the true value.
double ulps(double got, long double want) {
  const auto nearest = static_cast<double>(want);
  const double unit = std::nextafter(std::fabs(nearest), kInfinity) - std::fabs(nearest);
  return static_cast<double>(std::fabs((static_cast<long double>(got) - want) / static_cast<long double>(unit)));
}

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i]) && !(std::isnan(a[i]) && std::isnan(b[i]))) return false;
  }
  return a.size() == b.size();
}

TEST(LinearKernels, ExponentialsAreWithinOneUlpAndAlikeInAllKernels) {
  Rng rng(3);
  std::vector<double> values{0.0, -0.0, 1e-300, -1e-17, 0.34657359027997264, -0.34657359027997264, -707.9, -708, -708.1, -745.1, -746, -1e300, -kInfinity, std::nan(""), 700};
  for (int i = 0; i < 20000; ++i) values.push_back(-std::pow(10.0, rng.uniform() * 6 - 3));
  auto first = values;
  linear_kernels().front().exps(first.data(), first.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) EXPECT_TRUE(std::isnan(first[i]));
    else EXPECT_LE(ulps(first[i], std::exp(static_cast<long double>(values[i]))), 1.0) << values[i];
  }
  for (const auto& kernels : linear_kernels()) {
    for (const std::size_t n : {std::size_t{1}, std::size_t{3}, std::size_t{6}, values.size()}) {
      std::vector<double> here(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(n));
      kernels.exps(here.data(), n);
      EXPECT_TRUE(same(here, std::vector<double>(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(n)))) << kernels.name;
    }
  }
}

/// Softmax of each row by the two simpler functions of a kernel.
std::vector<double> by_parts(const LinearKernels& kernels, const Dots& dots, std::size_t classes, MatrixView<const double> rows) {
  std::vector<double> all;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    double sums[kDotsTogether];
    kernels.dots(dots, rows.row(i).data(), sums);
    double largest = sums[0];
    for (std::size_t k = 1; k < classes; ++k) largest = largest < sums[k] ? sums[k] : largest;
    for (double& sum : sums) sum -= largest;
    kernels.exps(sums, classes);
    const double total = numpy_sum({sums, classes});
    for (std::size_t k = 0; k < classes; ++k) all.push_back(sums[k] / total);
  }
  return all;
}

TEST(LinearKernels, ProductsAndSoftmaxesAreAlikeInAllKernelsAndBatchSizes) {
  Rng rng(4);
  for (const std::size_t n : {1, 2, 4, 7, 30}) {
    for (const double scale : {1.0, 300.0}) {
      std::vector<double> weights(n * kDotsTogether), start(kDotsTogether), rows(37 * n);
      for (auto* numbers : {&weights, &start, &rows}) {
        for (double& number : *numbers) number = scale * (rng.uniform() - 0.5);
      }
      const Dots dots{weights.data(), start.data(), n};
      for (const std::size_t classes : {2, 3, 4}) {
        const auto want = by_parts(linear_kernels().front(), dots, classes, {rows.data(), 37, n});
        for (const auto& kernels : linear_kernels()) {
          std::vector<double> batch(37 * classes), single(classes);
          kernels.softmaxes(dots, classes, {rows.data(), 37, n}, batch.data());
          EXPECT_TRUE(same(batch, want)) << kernels.name << ", " << n << " features, " << classes << " classes";
          kernels.softmaxes(dots, classes, {rows.data() + 36 * n, 1, n}, single.data());
          EXPECT_TRUE(same(single, std::vector<double>(want.end() - static_cast<std::ptrdiff_t>(classes), want.end()))) << kernels.name;
        }
      }
      double sums[kDotsTogether];
      linear_kernels().front().dots(dots, rows.data(), sums);
      for (std::size_t k = 0; k < kDotsTogether; ++k) {
        double sum = start[k], size = std::fabs(start[k]);
        for (std::size_t i = 0; i < n; ++i) {
          sum += rows[i] * weights[i * kDotsTogether + k];
          size += std::fabs(rows[i] * weights[i * kDotsTogether + k]);
        }
        EXPECT_NEAR(sums[k], sum, 8 * size * std::numeric_limits<double>::epsilon());
      }
    }
  }
}
}  // namespace
}  // namespace headroom::model
