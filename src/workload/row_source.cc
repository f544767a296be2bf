#include "workload/row_source.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace headroom::workload {
namespace {
using Row4 = std::array<double, 4>;
using Matrix4 = std::array<Row4, 4>;

constexpr std::array<IrisClass, 3> kIris{
    IrisClass{"setosa",
              {5.006, 3.428, 1.462, 0.246},
              {{{0.1242489795918366, 0.0992163265306122, 0.01635510204081632, 0.010330612244897952},
                {0.0992163265306122, 0.1436897959183673, 0.011697959183673457, 0.009297959183673472},
                {0.01635510204081632, 0.011697959183673457, 0.030159183673469397, 0.006069387755102039},
                {0.010330612244897952, 0.009297959183673472, 0.006069387755102039, 0.011106122448979596}}}},
    IrisClass{"versicolor",
              {5.936, 2.77, 4.26, 1.326},
              {{{0.26643265306122454, 0.08518367346938774, 0.18289795918367355, 0.05577959183673469},
                {0.08518367346938774, 0.09846938775510206, 0.08265306122448982, 0.04120408163265306},
                {0.18289795918367355, 0.08265306122448982, 0.22081632653061234, 0.07310204081632653},
                {0.05577959183673469, 0.04120408163265306, 0.07310204081632653, 0.039106122448979576}}}},
    IrisClass{"virginica",
              {6.588, 2.974, 5.552, 2.026},
              {{{0.404342857142857, 0.09376326530612243, 0.30328979591836736, 0.04909387755102042},
                {0.09376326530612243, 0.10400408163265312, 0.07137959183673467, 0.04762857142857143},
                {0.30328979591836736, 0.07137959183673467, 0.30458775510204095, 0.04882448979591836},
                {0.04909387755102042, 0.04762857142857143, 0.04882448979591836, 0.07543265306122447}}}}};

// The lower triangle L with L·Lᵀ = m: turns independent normal numbers into ones with these covariances.
Matrix4 cholesky(const Matrix4& m) {
  Matrix4 l{};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = m[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
      l[i][j] = i == j ? std::sqrt(sum) : sum / l[j][j];
    }
  }
  return l;
}

const std::array<Matrix4, 3>& iris_factors() {
  static const std::array<Matrix4, 3> factors{cholesky(kIris[0].covariance), cholesky(kIris[1].covariance),
                                              cholesky(kIris[2].covariance)};
  return factors;
}

void draw_iris(Rng& rng, std::span<double> out) {
  const auto c = static_cast<std::size_t>(rng.below(3));
  const Matrix4& l = iris_factors()[c];
  Row4 z{};
  for (double& value : z) value = rng.normal();
  for (std::size_t i = 0; i < 4; ++i) {
    double value = kIris[c].mean[i];
    for (std::size_t k = 0; k <= i; ++k) value += l[i][k] * z[k];
    out[i] = std::max(0.1, std::round(value * 10) / 10);
  }
}
}  // namespace

std::span<const IrisClass, 3> iris_classes() { return kIris; }

RowSource::RowSource(const Data& data) : kind_(data.kind), ranges_(data.ranges), decimals_(data.kind == Data::Kind::iris ? 1 : data.decimals) {
  if (kind_ == Data::Kind::iris) columns_ = {"sepal_length", "sepal_width", "petal_length", "petal_width"};
  if (kind_ == Data::Kind::ranges) {
    for (const auto& range : ranges_) columns_.push_back(range.name);
  }
}

void RowSource::draw(Rng& rng, std::span<double> out) const {
  CHECK(out.size() == columns_.size());
  if (kind_ == Data::Kind::iris) return draw_iris(rng, out);
  const double scale = std::pow(10.0, decimals_);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double value = std::round(rng.uniform(ranges_[i].low, ranges_[i].high) * scale) / scale;
    out[i] = std::clamp(value, ranges_[i].low, ranges_[i].high);
  }
}
}  // namespace headroom::workload
