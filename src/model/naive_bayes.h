// Naive Bayes classifiers.
#pragma once
#include <optional>
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// log prior − ½ Σ log 2πσ² − ½ Σ (x − θ)² / σ² for each class, summed as numpy does.
/// Source: sklearn.naive_bayes.GaussianNB._joint_log_likelihood.
class GaussianNb final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> prior;         // [classes]
    std::vector<double> mean, variance;   // [classes, n_features]
  };
  explicit GaussianNb(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
  std::vector<double> log_prior_, log_norm_;   // [classes]; −½ Σ log 2πσ²
};

/// rows · weightsᵀ + offset for each class; with a threshold, rows are first turned into 1 where x > threshold and 0 elsewhere.
/// Source: sklearn.naive_bayes.{MultinomialNB, ComplementNB, BernoulliNB}._joint_log_likelihood.
class DiscreteNb final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::vector<double> weights;       // [classes, n_features]
    std::vector<double> offset;        // [classes]
    std::optional<double> threshold;
  };
  explicit DiscreteNb(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
};

/// Σ over features of the table's entry for the category x, which is cut toward zero; then the log prior is added.
/// Refused are categories that the table does not have.
/// Source: sklearn.naive_bayes.CategoricalNB._joint_log_likelihood.
class CategoricalNb final : public Compiled {
 public:
  struct Spec {
    std::vector<std::size_t> n_categories;   // one a feature
    std::vector<double> tables;              // of each feature [categories, classes], one after the other
    std::vector<double> log_prior;           // [classes]
  };
  explicit CategoricalNb(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override;

 private:
  Spec spec_;
  std::vector<std::size_t> starts_;   // of each feature's table
};
}  // namespace headroom::model
