// Linear classifiers: LogisticRegression and its like.
#pragma once
#include <vector>

#include "model/compiled.h"
#include "model/linear_kernels.h"
#include "model/links.h"

namespace headroom::model {
/// How decisions become probabilities.
enum class Link : std::uint8_t {
  none,            // no predict_proba
  logistic,        // 1 / (1 + exp(−d)); with several classes each for itself, then divided by their sum
  softmax,         // with one decision for two classes: softmax of (−d, d)
  modified_huber,  // (d clipped to [−1, 1] + 1) / 2; with several classes divided by their sum, equal shares if all are 0
};

/// decision_function: rows · coefᵀ + intercept, f64 [n, 1] for two classes, else [n, classes]. Each dot product is summed in a few
/// fixed lanes without fused multiply-add, so it is the same for one row and for a batch, on every machine; it is within 8 ulp of
/// Σ|xᵢwᵢ| + |b| of the origin's (whose own BLAS is not that constant).
/// predict: class 1 if d > 0, else 0; with more classes the first largest; of a multilabel one 0 or 1 for each label, i64
/// [n, labels]. predict_proba: [n, classes].
/// Sources: sklearn.linear_model._base.LinearClassifierMixin, _logistic, _stochastic_gradient.SGDClassifier.predict_proba, _ridge.
class Linear final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    std::size_t n_classes = 0;
    std::vector<double> coef;        // [decisions, n_features]; decisions = 1 for two classes
    std::vector<double> intercept;   // [decisions]
    Link link = Link::none;
    ZeroRow zero_row = ZeroRow::uniform;
    bool multilabel = false;         // n_classes labels, each with a decision of its own
  };
  explicit Linear(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  void decide(MatrixView<const double> rows, double* out) const noexcept;
  void softmaxes(MatrixView<double> rows) const noexcept;
  void probabilities(std::span<const double> decisions, double* out) const noexcept;
  void arrange();
  /// Of the kDotsTogether decisions from the k-th on.
  [[nodiscard]] const double* weights_of(std::size_t k) const noexcept { return n_decisions_ - k < kDotsTogether ? last_.data() : spec_.coef.data() + k * spec_.n_features; }
  void choose(std::span<const double> decisions, std::int64_t* out) const noexcept;
  Spec spec_;
  std::size_t n_decisions_;
  const LinearKernels& kernels_;
  // Of several decisions spec_.coef holds, for each kDotsTogether of them, their coefficients feature by feature; those of the last ones, if
  // they are fewer, stand in last_, filled up with zeros.
  std::vector<double> last_;
  std::vector<double> start_;      // and their intercepts, filled up
};
}  // namespace headroom::model
