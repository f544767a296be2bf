// AdaBoost.
#pragma once
#include <vector>

#include "model/member.h"
#include "model/numpy_log.h"

namespace headroom::model {
/// AdaBoostClassifier. SAMME: each member's label adds its weight to that class; from 1.3.1 on also −weight / (K − 1) to the others.
/// SAMME.R (up to 1.5): (K − 1) · (log p − mean log p) of each. Divided by the sum of all weights; two classes give d₁ − d₀.
/// predict_proba: softmax of d / (K − 1), or of ∓d / 2. Source: sklearn.ensemble._weight_boosting.AdaBoostClassifier.
class AdaBoost final : public Compiled {
 public:
  enum class Algorithm : std::uint8_t { samme_counts, samme, samme_r };
  struct Spec {
    std::vector<Member> members;
    std::vector<double> weights;    // one a member
    double divisor = 1;             // sum of all weights
    Algorithm algorithm = Algorithm::samme;
    NumpyLog log = NumpyLog::nearest;   // of SAMME.R
    std::size_t n_features = 0;
    std::size_t n_classes = 2;
  };
  explicit AdaBoost(Spec spec);
  [[nodiscard]] const std::vector<Member>& members() const noexcept { return spec_.members; }
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return members_take_all(spec_.members, magnitude); }

 private:
  void add(std::size_t member, const Rows& rows, double* sums, Scratch& scratch) const noexcept;
  void probabilities(double* decisions, double* out) const noexcept;
  Spec spec_;
};

/// AdaBoostRegressor: the weighted median of the members' values. Source: the same file, _get_median_predict.
class AdaBoostRegressor final : public Compiled {
 public:
  AdaBoostRegressor(std::vector<Member> members, std::vector<double> weights, std::size_t n_features);
  [[nodiscard]] const std::vector<Member>& members() const noexcept { return members_; }
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return members_take_all(members_, magnitude); }

 private:
  std::vector<Member> members_;
  std::vector<double> weights_;
};
}  // namespace headroom::model
