// KNNImputer.
#pragma once
#include <cmath>
#include <limits>
#include <vector>

#include "model/numpy_partition.h"
#include "model/row_transform.h"

namespace headroom::model {
/// transform: the kept features, a missing cell replaced by the mean of the nearest training rows (donors) that have the feature; behind
/// them, 1 where a cell of an `indicated` feature is missing, else 0. A donor that shares no present feature with the row is the
/// farthest, and counts only with `averages_strangers`; where all are such, it is the mean of the feature. A feature that no training
/// row has is 0. Infinity is refused; so is NaN where it is not what is missing.
///
/// Distances: √(features / present · (|x|² − 2xy + |y|² − what is missing)), rounded as numpy rounds them for several rows of up to some
/// 250 features on x86 with AVX2. For one row, wider rows and other processors the origin adds in another order. It shows where two
/// donors are nearly as far, and with `by_distance` by what rounding leaves of distances near 0.
/// Sources: sklearn.impute._knn.KNNImputer.transform, sklearn.metrics.pairwise.nan_euclidean_distances, numpy.ma.average.
class KnnImputer final : public RowTransform {
 public:
  struct Spec {
    std::size_t n_features = 0;
    double missing = std::numeric_limits<double>::quiet_NaN();   // which cells are: NaN, or those equal to a number
    std::vector<double> rows;              // of training, [count, n_features]; finite where not missing; count < 2³²
    std::size_t k = 0;                     // ≥ 1: donors, if there are so many
    bool by_distance = false;              // weights 1 / distance; where distances are 0, only those donors count
    bool averages_strangers = false;       // scikit-learn before 1.6, if not by_distance
    Partition partition = Partition::vectors;
    std::vector<std::uint32_t> kept;       // features
    std::vector<std::uint32_t> indicated;  // features

    [[nodiscard]] bool is_missing(double cell) const noexcept { return std::isnan(missing) ? std::isnan(cell) : cell == missing; }
  };
  explicit KnnImputer(Spec spec);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;
  /// Memory of the compiled form of such training rows, at most.
  [[nodiscard]] static std::size_t bytes_of(std::size_t rows, std::size_t n_features) noexcept;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  void measure(const double* in, Scratch& scratch) const noexcept;
  [[nodiscard]] double distance(const double* filled, double norm, const double* in, std::size_t row) const noexcept;
  [[nodiscard]] double impute(std::size_t feature, Scratch& scratch) const noexcept;
  void weigh(std::span<double> distances) const noexcept;

  Spec spec_;                                        // of its rows, the missing cells are 0
  std::vector<std::uint8_t> lacks_;                  // [count, n_features]: 1 where a training cell is missing
  std::vector<double> norms_;                        // [count], |y|²
  std::vector<std::vector<std::uint32_t>> donors_;   // [n_features], training rows that have the feature
  std::vector<double> means_;                        // [n_features]
  double largest_ = 0;                               // |training cell|
};
}  // namespace headroom::model
