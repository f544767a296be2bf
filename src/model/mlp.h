// Multi-layer perceptrons.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
enum class Activation : std::uint8_t { identity, relu, tanh, logistic, softmax, exp };

/// activation(layer · weights + bias) for each layer, the last with its own activation.
/// A regressor: predict, f64 [n, outputs]. A classifier: predict_proba, f64 [n, classes]; predict of two classes p > 0.5, of
/// more the first largest, of several labels p > 0.5 for each, i64 [n, labels].
/// Source: sklearn.neural_network._multilayer_perceptron._forward_pass_fast.
class Mlp final : public Compiled {
 public:
  struct Layer {
    std::size_t inputs = 0;
    std::vector<double> weights;   // [outputs, inputs]
    std::vector<double> bias;      // [outputs]
  };
  enum class Answer : std::uint8_t { numbers, one_class, labels };
  /// layers: not empty, each takes what the one before gives.
  Mlp(std::vector<Layer> layers, Activation hidden, Activation last, Answer answer);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  [[nodiscard]] const double* forward(std::span<const double> row, Scratch& scratch) const noexcept;
  std::vector<Layer> layers_;
  Activation hidden_, last_;
  Answer answer_;
};
}  // namespace headroom::model
