// Two classes parted at a threshold of one's own: FixedThresholdClassifier, TunedThresholdClassifierCV.
#pragma once
#include "model/member.h"

namespace headroom::model {
/// predict: the positive class where its score is ≥ threshold, else the other. All else is the inner classifier's.
/// Source: sklearn.model_selection._classification_threshold.
class Threshold final : public Compiled {
 public:
  struct Spec {
    Member member;
    Method score = Method::predict_proba;   // or decision_function
    std::size_t positive = 1;               // its class
    double threshold = 0.5;
  };
  explicit Threshold(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return spec_.member.model->takes_all_within(magnitude); }

 private:
  Spec spec_;
};
}  // namespace headroom::model
