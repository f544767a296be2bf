// Nearest neighbours: classifiers and regressors that look at the training rows around a row.
#pragma once
#include <optional>
#include <vector>

#include "model/compiled.h"
#include "model/neighbor_search.h"

namespace headroom::model {
/// The k nearest training rows (which of equally far ones: NeighborSearch), or all within a radius, vote with equal
/// weights or with 1 / distance; where distances are 0, only those rows vote.
/// Classifier: predict_proba, f64 [n, Σ classes of the outputs]; predict: the class with the largest share, the first of equals,
/// i64 [n, outputs]. Regressor: predict, the mean, f64 [n, outputs]; NaN without neighbours.
/// validate: a radius classifier without outlier label refuses rows that have no neighbour; see also refuse_weightless.
/// Sources: sklearn.neighbors._classification, _regression.
class Neighbors final : public Compiled {
 public:
  struct Spec {
    NeighborSearch search;
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
  std::size_t find(std::span<const double> row, Scratch& scratch) const noexcept;
  void vote(std::size_t found, Scratch& scratch, double* shares) const noexcept;
  void choose(std::size_t found, Scratch& scratch, std::int64_t* out) const noexcept;
  void choose_share(std::size_t found, Scratch& scratch, std::int64_t* out) const noexcept;
  void average(std::size_t found, Scratch& scratch, double* out) const noexcept;
  Spec spec_;
  std::size_t n_shares_ = 0;   // Σ classes
};
}  // namespace headroom::model
