// Several targets at once: a model for each, side by side or in a chain.
#pragma once
#include <algorithm>
#include <vector>

#include "model/member.h"

namespace headroom::model {
/// A model for one of the targets, and its labels as numbers (empty for a regressor).
struct Target {
  Member member;
  std::vector<double> labels;
};

/// predict: f64 [n, targets], labels as the numbers that they are. predict_proba: all targets' columns side by side.
/// Sources: sklearn.multioutput.MultiOutputClassifier, MultiOutputRegressor; trees and forests of several outputs.
class MultiOutput final : public Compiled {
 public:
  MultiOutput(std::vector<Target> targets, std::size_t n_features);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return std::ranges::all_of(targets_, [&](const auto& target) { return target.member.model->takes_all_within(magnitude); }); }

 private:
  std::vector<Target> targets_;
  std::size_t proba_columns_ = 0;
};

/// Each member sees the row and what those before it answered. order[i]: the target of the i-th member.
/// Source: sklearn.multioutput.ClassifierChain, RegressorChain.
class Chain final : public Compiled {
 public:
  struct Spec {
    std::vector<Target> links;
    std::vector<std::size_t> order;
    Method fed = Method::predict;     // what later members see (chain_method)
    std::size_t n_features = 0;
    std::vector<Method> methods;
  };
  explicit Chain(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return spec_.links[0].member.model->takes_all_within(magnitude); }

 private:
  Spec spec_;
};
}  // namespace headroom::model
