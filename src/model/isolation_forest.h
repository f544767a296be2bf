// IsolationForest.
#pragma once
#include <memory>

#include "model/booster.h"

namespace headroom::model {
/// decision_function: −2^(−depth / average) − offset, depth being the sum over the trees. predict: −1 (an outlier) where that is
/// below the threshold, else 1; classes are −1 and 1. Source: sklearn.ensemble._iforest.
class IsolationForest final : public Compiled {
 public:
  /// depths: a Booster whose raw score is the sum of path lengths. average: trees times the average path length of a sample; 0 only
  /// for a single training row.
  struct Cut {
    double trees = 1;       // by which depth is divided first: before 0.21, whose average does not count them
    double offset = 0;
    double threshold = 0;   // other than 0 only by the behaviour "old" of scikit-learn 0.20 and 0.21
  };
  IsolationForest(std::shared_ptr<Booster> depths, double average, Cut cut);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  std::shared_ptr<Booster> depths_;
  double average_;
  Cut cut_;
};
}  // namespace headroom::model
