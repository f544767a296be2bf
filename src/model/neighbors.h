// Nearest neighbours: classifiers and regressors that look at the training rows around a row.
#pragma once
#include <optional>
#include <vector>

#include "model/compiled.h"
#include "model/distance.h"

namespace headroom::model {
/// The k nearest training rows (of equally far ones those that came first in training), or all within a radius, vote with equal
/// weights or with 1 / distance; where distances are 0, only those rows vote.
/// Classifier: predict_proba, f64 [n, Σ classes of the outputs]; predict: the class with the largest share, the first of equals,
/// i64 [n, outputs]. Regressor: predict, the mean, f64 [n, outputs]; NaN without neighbours.
/// A training row whose distance overflows is never a neighbour; the first training row stands in, infinitely far, where fewer than
/// k are left (the origin's heap of neighbours begins so).
/// validate: a radius classifier without outlier label refuses rows that have no neighbour; see also refuse_weightless.
/// Sources: sklearn.neighbors._classification, _regression.
class Neighbors final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> rows;            // [count, n_features]
    Distance distance;
    std::size_t k = 0;                   // 0: by radius
    double radius = 0;
    bool by_distance = false;            // weights
    bool refuse_weightless = false;      // a row is refused if all its neighbours have weight 0 (classifiers since scikit-learn 1.3)
    std::vector<std::size_t> classes;    // number of classes of each output; empty: a regressor
    std::vector<std::size_t> labels;     // classifier: [count, outputs]
    std::vector<double> targets;         // regressor: [count, outputs]
    std::size_t outputs = 1;
    std::vector<std::size_t> outlier;    // radius classifier: the class of each output for rows without neighbours; or empty
    double lonely = 0;                   // radius regressor: the answer without neighbours
  };
  explicit Neighbors(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override;

 private:
  [[nodiscard]] std::size_t count() const noexcept { return spec_.rows.size() / spec_.n_features; }
  std::size_t find(std::span<const double> row, Scratch& scratch) const noexcept;
  void vote(std::size_t found, Scratch& scratch, double* shares) const noexcept;
  void choose(std::size_t found, Scratch& scratch, std::int64_t* out) const noexcept;
  void choose_share(std::size_t found, Scratch& scratch, std::int64_t* out) const noexcept;
  void average(std::size_t found, Scratch& scratch, double* out) const noexcept;
  Spec spec_;
  std::size_t n_shares_ = 0;   // Σ classes
};
}  // namespace headroom::model
