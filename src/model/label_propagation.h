// LabelPropagation and LabelSpreading, asked about rows that they were not trained on.
#pragma once
#include <optional>
#include <vector>

#include "model/kernel.h"
#include "model/neighbor_search.h"

namespace headroom::model {
/// predict_proba: the training rows' distributions over the classes, summed with the kernel's weights or over the nearest neighbours, and
/// divided by their sum, f64 [n, n_classes]; NaN where no training row has weight. predict: the first largest of them, or the first NaN.
/// Weighted sums stand in eight fixed lanes: within 8 ulp of Σ of the origin's. Source: sklearn.semi_supervised._label_propagation.
class LabelPropagation final : public Compiled {
 public:
  struct Spec {
    NeighborSearch search;                // k ≥ 1: neighbours; k = 0: only its training rows are used, all of them
    double gamma = 0;                     // k = 0: weights exp(−gamma ‖x − y‖²)
    std::size_t n_classes = 0;
    std::vector<double> distributions;    // k ≥ 1: [count, n_classes]; k = 0: [n_classes, count]
  };
  explicit LabelPropagation(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  void shares(std::span<const double> row, Scratch& scratch, std::span<double> out) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
