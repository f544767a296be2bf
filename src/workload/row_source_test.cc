#include "workload/row_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "workload/body_template.h"

namespace headroom::workload {
namespace {
Data iris() {
  Data data;
  data.kind = Data::Kind::iris;
  return data;
}

// A mixture of three normals has mean = mean of means, and covariance = mean covariance + covariance of the means.
TEST(Iris, RowsHaveTheDataSetsMeansAndCovariances) {
  const RowSource source(iris());
  Rng rng(11);
  constexpr int n = 60'000;
  std::array<double, 4> sum{};
  std::array<std::array<double, 4>, 4> products{};
  for (int k = 0; k < n; ++k) {
    std::array<double, 4> row{};
    source.draw(rng, row);
    for (std::size_t i = 0; i < 4; ++i) {
      ASSERT_GE(row[i], 0.1);
      ASSERT_NEAR(row[i] * 10, std::round(row[i] * 10), 1e-9);
      sum[i] += row[i];
      for (std::size_t j = 0; j < 4; ++j) products[i][j] += row[i] * row[j];
    }
  }
  const auto classes = iris_classes();
  for (std::size_t i = 0; i < 4; ++i) {
    double mean = 0;
    for (const auto& c : classes) mean += c.mean[i] / 3;
    EXPECT_NEAR(sum[i] / n, mean, 0.02) << i;
    for (std::size_t j = 0; j < 4; ++j) {
      double wanted = 0;
      double other_mean = 0;
      for (const auto& c : classes) other_mean += c.mean[j] / 3;
      for (const auto& c : classes) wanted += (c.covariance[i][j] + (c.mean[i] - mean) * (c.mean[j] - other_mean)) / 3;
      EXPECT_NEAR(products[i][j] / n - sum[i] / n * (sum[j] / n), wanted, 0.04) << i << ' ' << j;
    }
  }
}

std::string render(std::string_view text, const Data& data) {
  const auto compiled = BodyTemplate::compile(text, data);
  if (!compiled) return compiled.error().message;
  Rng rng(5);
  std::vector<double> scratch;
  std::string out;
  compiled->render(rng, scratch, out);
  return out;
}

TEST(BodyTemplate, PlaceholdersOfOneBodyShareTheRow) {
  Data data;
  data.kind = Data::Kind::ranges;
  data.ranges = {{"a", 2, 2}, {"b", -0.5, -0.5}};
  data.decimals = 2;
  EXPECT_EQ(render("{{row}} {{ row_object }} {{row.b}} {{row.0}}", data), R"([2.0,-0.5] {"a":2.0,"b":-0.5} -0.5 2.0)");
  EXPECT_EQ(render("plain", data), "plain");
  EXPECT_EQ(render("", data), "");
}

TEST(BodyTemplate, AWrongPlaceholderIsNamed) {
  EXPECT_THAT(render("{{rwo}}", iris()), testing::HasSubstr("unknown placeholder {{rwo}}"));
  EXPECT_THAT(render("{{row.petal}}", iris()), testing::HasSubstr("it has sepal_length, sepal_width, petal_length, petal_width"));
  EXPECT_THAT(render("{{row}}", Data{}), testing::HasSubstr("needs 'data:'"));
}

TEST(AppendNumber, KeepsOneDigitBehindThePoint) {
  const auto text = [](double value, int decimals) {
    std::string out;
    append_number(out, value, decimals);
    return out;
  };
  EXPECT_EQ(text(5.1, 1), "5.1");
  EXPECT_EQ(text(3, 4), "3.0");
  EXPECT_EQ(text(0.1250, 4), "0.125");
  EXPECT_EQ(text(7, 0), "7");
}
}  // namespace
}  // namespace headroom::workload
