// Distances between rows, as sklearn.metrics and scipy name them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace headroom::model {
struct Distance {
  enum class Kind : std::uint8_t { euclidean, sqeuclidean, manhattan, chebyshev, minkowski, cosine, correlation, hamming, canberra, braycurtis, haversine, seuclidean, mahalanobis };
  Kind kind = Kind::euclidean;
  double p = 2;                  // minkowski
  std::vector<double> weights;   // minkowski: one a feature, or empty; seuclidean: the variances; mahalanobis: VI, [n, n]

  /// x, y: n values each. Summed in the order of the features.
  /// Sources: sklearn.metrics._dist_metrics, sklearn.metrics.pairwise, scipy.spatial.distance.
  [[nodiscard]] double operator()(const double* x, const double* y, std::size_t n) const noexcept;
  /// What scikit-learn compares while it searches: the distance before its root, or the distance itself. Rises with it.
  /// Source: sklearn.metrics._dist_metrics: rdist, _dist_to_rdist, _rdist_to_dist of each metric.
  [[nodiscard]] double reduced(const double* x, const double* y, std::size_t n) const noexcept;
  [[nodiscard]] double reduce(double distance) const noexcept;
  [[nodiscard]] double restore(double reduced) const noexcept;
};
}  // namespace headroom::model
