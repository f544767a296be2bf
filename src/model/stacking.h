// Stacking: what members answer are the features of a last estimator.
#pragma once
#include <algorithm>
#include <vector>

#include "model/member.h"

namespace headroom::model {
/// The members' answers side by side (of two probabilities the second alone), then, with passthrough, the row itself; the last
/// estimator answers the method. transform: what it is given. Source: sklearn.ensemble._stacking.
class Stacking final : public Compiled {
 public:
  struct Part {
    Member member;
    Method method = Method::predict;
    bool second_only = false;   // of two columns
  };
  struct Spec {
    std::vector<Part> parts;
    Member last;
    bool passthrough = false;
    std::size_t n_features = 0;
  };
  explicit Stacking(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return is_bounded_ && std::ranges::all_of(spec_.parts, [&](const auto& part) { return part.member.model->takes_all_within(magnitude); }); }
  /// Columns that a part gives.
  [[nodiscard]] static std::size_t width_of(const Part& part);

 private:
  Rows features(const Rows& rows, std::vector<double>& room, Scratch& scratch) const noexcept;
  Spec spec_;
  std::size_t width_ = 0;
  bool is_bounded_ = false;   // the last estimator takes whatever the parts say of valid rows
};
}  // namespace headroom::model
