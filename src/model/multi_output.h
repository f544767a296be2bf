// Several targets at once: a model for each, side by side or in a chain.
#pragma once
#include <vector>

#include "model/member.h"

namespace headroom::model {
/// predict, a column a target: values (f64), or indexes of labels among ModelInfo::output_classes (i64).
/// predict_proba: all targets' columns side by side.
/// Sources: sklearn.multioutput.MultiOutputClassifier, MultiOutputRegressor; trees and forests of several outputs.
class MultiOutput final : public Compiled {
 public:
  /// targets: not empty; all classifiers, whose class i is number i of their output, or all regressors.
  /// finite_only: it refuses NaN and infinity itself, whatever they take.
  MultiOutput(std::vector<Member> targets, std::size_t n_features, bool finite_only = false);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return members_take_all(targets_, magnitude); }

 private:
  std::vector<Member> targets_;
  std::size_t proba_columns_ = 0;
  bool finite_only_;
};

/// A link of a chain, and its labels as numbers (empty for a regressor).
struct ChainLink {
  Member member;
  std::vector<double> labels;
};

/// predict: f64 [n, links], labels as the numbers that they are. Each member sees the row and what those before it answered. order[i]: the target of the i-th member.
/// Source: sklearn.multioutput.ClassifierChain, RegressorChain.
class Chain final : public Compiled {
 public:
  struct Spec {
    std::vector<ChainLink> links;
    std::vector<std::size_t> order;
    Method fed = Method::predict;     // what later members see (chain_method)
    std::size_t n_features = 0;
    std::vector<Method> methods;
    bool is_classifier = false;
  };
  explicit Chain(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return spec_.links[0].member.model->takes_all_within(magnitude); }

 private:
  Spec spec_;
};
}  // namespace headroom::model
