// GaussianMixture and BayesianGaussianMixture.
#pragma once
#include <cstdint>
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// score of a component: −½ (n log 2π + q) + its logarithms, q being the squared distance of the row to its mean in its metric:
/// ‖x·P − m·P‖² where each component, or all of them, has a matrix P; Σ m²p − 2 x·(m p) + Σ x²p where it has a number p a feature, or one.
/// predict: first largest score. predict_proba: exp(score − logsumexp(scores)), f64 [n, components].
/// Products within 8 ulp of Σ of their absolute terms.   Source: sklearn.mixture._base, _gaussian_mixture, _bayesian_mixture.
class GaussianMixture final : public Compiled {
 public:
  enum class Metric : std::uint8_t { own_matrix, one_matrix, own_diagonal, own_number };
  /// What is added to a component's −½ (…), in this order.
  struct Logs {
    double determinant = 0;   // of P
    double freedom = 0;       // of the degrees of freedom, subtracted (0 if it is not Bayesian)
    double precision = 0;     // expected, of the mean and the precision
    double weight = 0;
  };
  struct Spec {
    std::size_t n_features = 0;
    Metric metric = Metric::own_matrix;
    std::vector<Logs> logs;          // one a component
    std::vector<double> means;       // [components, n_features]
    std::vector<double> precision;   // P transposed: [components, n, n] or [n, n]; or p²: [components, n] or [components]
  };
  explicit GaussianMixture(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  [[nodiscard]] double by_matrix(std::size_t component, std::span<const double> row, Scratch& scratch) const noexcept;
  [[nodiscard]] double by_numbers(std::size_t component, std::span<const double> row, Scratch& scratch) const noexcept;
  Spec spec_;
  std::vector<double> centre_;   // by matrix: m·P, [components, n]; else m p², [components, n]
  std::vector<double> square_;   // else Σ m²p², [components]
};
}  // namespace headroom::model
