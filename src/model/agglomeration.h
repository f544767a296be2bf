// FeatureAgglomeration.
#pragma once
#include <cstdint>
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
enum class Pooling : std::uint8_t { mean, sum, smallest, largest, median };

/// transform: the features of each cluster pooled into one, f64 [n, clusters]. Sums are in the order of the features.
/// Source: sklearn.cluster._feature_agglomeration.AgglomerationTransform.transform.
class Agglomeration final : public RowTransform {
 public:
  /// members: of each cluster its features, ascending, at least one.
  Agglomeration(std::size_t n_features, std::vector<std::vector<std::uint32_t>> members, Pooling pooling);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  std::vector<std::vector<std::uint32_t>> members_;
  Pooling pooling_;
};
}  // namespace headroom::model
