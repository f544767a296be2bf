// XGBoost's linear booster.
#pragma once
#include <vector>

#include "model/compiled.h"
#include "model/score_link.h"

namespace headroom::model {
/// decision_function: bias + base + Σ x·w for each group in float32, from left to right, missing values left out. f32 [n, groups].
/// Source: xgboost src/gbm/gblinear.cc.
class LinearBooster final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<float> weights;   // [n_features, groups]
    std::vector<float> bias;      // one a group, base score added
    float missing = 0;            // this value is missing, as NaN is
    ScoreLink link;
  };
  explicit LinearBooster(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
};
}  // namespace headroom::model
