// Gaussian processes.
#pragma once
#include <vector>

#include "model/compiled.h"
#include "model/covariance.h"

namespace headroom::model {
/// predict: deviation · (k(row, training rows) · alpha) + mean, f64 [n, outputs].
/// Source: sklearn.gaussian_process._gpr.GaussianProcessRegressor.predict.
class GaussianProcessRegressor final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> rows;              // [count, n_features]
    Covariance covariance;
    std::vector<double> alpha;             // [outputs, count]
    std::vector<double> mean, deviation;   // [outputs]
  };
  explicit GaussianProcessRegressor(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
};

/// Laplace's approximation. Two classes: class 1 if the latent mean is above 0. More: one against the rest, the largest
/// probability (largest_of_rest); predict_proba divides by the sum.
/// Sources: sklearn.gaussian_process._gpc, sklearn.multiclass.OneVsRestClassifier.
class GaussianProcessClassifier final : public Compiled {
 public:
  struct Latent {
    std::vector<double> rows;        // [count, n_features]
    Covariance covariance;
    std::vector<double> gradient;    // [count]: y − π
    std::vector<double> root;        // [count]: W^½
    std::vector<double> lower;       // [count, count]: the Cholesky factor
  };
  /// latents: one (two classes), or one a class.
  GaussianProcessClassifier(std::size_t n_features, std::vector<Latent> latents, bool last_of_equals = false);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  [[nodiscard]] double latent_mean(const Latent& latent, const double* row, Scratch& scratch) const noexcept;
  [[nodiscard]] double probability(const Latent& latent, const double* row, Scratch& scratch) const noexcept;
  std::size_t n_features_;
  std::vector<Latent> latents_;
  bool last_of_equals_;
};
}  // namespace headroom::model
