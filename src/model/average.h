// Members that answer together: bagging and voting.
#pragma once
#include <vector>

#include "model/check_rows.h"
#include "model/member.h"

namespace headroom::model {
/// What the members' answers are added up as.
enum class Ballot : std::uint8_t {
  probabilities,   // predict_proba of each (one vote where a member has none); predict is the first largest
  labels,          // the label of each, counted; predict only
  values,          // predict of regressors, of one output or several
};

/// Sums of the members' answers in order, each times its weight if there are weights, then divided.
/// decision_function (where all members have it): the mean of theirs.
/// transform: the members' answers side by side, labels as the numbers of the classes, before weights.
/// Sources: sklearn.ensemble._bagging, sklearn.ensemble._voting.
class Average final : public Compiled {
 public:
  struct Spec {
    std::vector<Member> members;      // not empty
    Ballot ballot = Ballot::values;
    std::vector<double> weights;      // one a member, or empty
    double divisor = 1;
    std::size_t n_features = 0;
    std::size_t n_classes = 0;        // 0 for regressors
    bool has_decision = false;
    bool has_transform = false;       // voting; bagging has none
  };
  explicit Average(Spec spec);
  [[nodiscard]] const std::vector<Member>& members() const noexcept { return spec_.members; }
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return members_take_all(spec_.members, magnitude); }

 private:
  void side_by_side(const Rows& rows, Output& out, Scratch& scratch) const noexcept;
  void mean_of_values(const Rows& rows, Output& out, Scratch& scratch) const noexcept;
  void add(Method method, std::size_t member, const Rows& rows, std::size_t width, double* sums, Scratch& own) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
