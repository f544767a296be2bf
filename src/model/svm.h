// Support vector machines as libsvm evaluates them, and kernel ridge regression.
#pragma once
#include <vector>

#include "model/compiled.h"
#include "model/kernel.h"
#include "model/pair_scores.h"

namespace headroom::model {
/// The support vectors and what to do with them.
struct SupportVectors {
  std::size_t n_features = 0;
  std::size_t count = 0;
  std::vector<double> vectors;            // [count, n_features]
  std::vector<std::size_t> precomputed;   // instead of vectors: rows hold the kernel's values, these columns are taken
  Kernel kernel;

  /// The kernel of `row` with each vector.   out: count values.
  void evaluate(const double* row, double* out) const noexcept;
};

/// SVC and NuSVC. One decision for each pair of classes i < j: Σ coef·k over the vectors of i, then of j, + intercept, in libsvm's
/// order. predict: the most votes, the first of equals. decision_function: with two classes the negated decision, [n, 1]; else
/// [n, pairs] or, one-versus-rest, votes and confidences as add_confidences says, [n, classes]. predict_proba: Platt's sigmoids
/// of the decisions, coupled as libsvm does.
/// Sources: sklearn's svm/src/libsvm/svm.cpp predict_values and predict_probability; sklearn.svm._base.BaseSVC;
/// sklearn.utils.multiclass._ovr_decision_function.
class SvmClassifier final : public Compiled {
 public:
  /// What decision_function gives for more than two classes.
  enum class Shape : std::uint8_t { one_versus_one, one_versus_rest };
  struct Spec {
    SupportVectors support;               // those of class 0 first, then class 1 …
    std::vector<std::size_t> per_class;   // [classes], sums to support.count
    std::vector<double> coef;             // [classes − 1, support.count]
    std::vector<double> intercept;        // [pairs]
    std::vector<double> prob_a, prob_b;   // [pairs], or empty: no predict_proba
    Shape shape = Shape::one_versus_rest;
    Confidence confidence = Confidence::squeezed;   // one_versus_rest
    bool break_ties = false;              // predict is the first largest of decision_function
  };
  explicit SvmClassifier(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  [[nodiscard]] std::size_t n_classes() const noexcept { return spec_.per_class.size(); }
  [[nodiscard]] std::size_t n_pairs() const noexcept { return spec_.intercept.size(); }
  std::size_t decide(const double* kernels, double* decisions) const noexcept;
  void count_votes(const double* decisions, double* votes, double* confidences) const noexcept;
  void probabilities(const double* decisions, std::vector<double>& buffer, double* out) const noexcept;
  Spec spec_;
  std::vector<std::size_t> starts_;   // first vector of each class
};

/// SVR and NuSVR (predict: f64 [n, 1]), OneClassSVM and SGDOneClassSVM (predict: 1 or −1, decision_function), KernelRidge (several
/// outputs).
/// Σ coef·k + intercept in the order of the vectors.
/// Sources: sklearn's svm/src/libsvm/svm.cpp predict_values; sklearn.kernel_ridge.KernelRidge.predict;
/// sklearn.linear_model._stochastic_gradient.SGDOneClassSVM.
class KernelMachine final : public Compiled {
 public:
  struct Spec {
    SupportVectors support;
    std::vector<double> coef;        // [outputs, support.count]
    std::vector<double> intercept;   // [outputs]
    bool is_outlier_detector = false;
    bool zero_is_inlier = false;     // SGDOneClassSVM; libsvm counts a decision of 0 as an outlier
  };
  explicit KernelMachine(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  Spec spec_;
};
}  // namespace headroom::model
