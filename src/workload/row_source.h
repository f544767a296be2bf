// Rows for a classifier: drawn from what the real data looks like, or uniform within ranges.
#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "workload/scenario.h"

namespace headroom::workload {
/// What is known of the real Iris data: 50 rows of each class; order of features: sepal length and width, petal length and width.
/// Computed with numpy from sklearn.datasets.load_iris() (scikit-learn 1.9.1): mean(axis=0) and cov(X.T), ddof = 1, in centimetres.
struct IrisClass {
  std::string_view name;
  std::array<double, 4> mean;
  std::array<std::array<double, 4>, 4> covariance;
};
[[nodiscard]] std::span<const IrisClass, 3> iris_classes();

/// Compiled Data: draws rows. Const, so threads may share it; each brings its own Rng.
class RowSource {
 public:
  explicit RowSource(const Data& data);

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  /// Digits behind the point that every value is rounded to.
  [[nodiscard]] int decimals() const noexcept { return decimals_; }
  /// One row into `out`; out.size() == columns().size(). Iris: a class at equal chance, then a normal row of that class with its
  /// covariances, rounded to 0.1 as the data is and not below 0.1.
  void draw(Rng& rng, std::span<double> out) const;

 private:
  Data::Kind kind_;
  std::vector<Data::Range> ranges_;
  std::vector<std::string> columns_;
  int decimals_;
};
}  // namespace headroom::workload
