#include "model/mlp.h"

#include <algorithm>
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/links.h"

namespace headroom::model {
namespace {
void activate(Activation activation, std::span<double> values) noexcept {
  switch (activation) {
    case Activation::identity: return;
    case Activation::relu:
      for (double& value : values) value = value > 0 ? value : 0.0;
      return;
    case Activation::tanh:
      for (double& value : values) value = std::tanh(value);
      return;
    case Activation::logistic:
      for (double& value : values) value = logistic(value);
      return;
    case Activation::exp:
      for (double& value : values) value = std::exp(value);
      return;
    case Activation::softmax: return softmax(values);
  }
}
}  // namespace

Mlp::Mlp(std::vector<Layer> layers, Activation hidden, Activation last, Answer answer) : layers_(std::move(layers)), hidden_(hidden), last_(last), answer_(answer) {
  CHECK(!layers_.empty());
  ModelInfo& info = edit_info();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    CHECK(!layer.bias.empty() && layer.weights.size() == layer.inputs * layer.bias.size());
    CHECK(i == 0 || layer.inputs == layers_[i - 1].bias.size());
    info.bytes += (layer.weights.size() + layer.bias.size()) * sizeof(double);
  }
  info.task = answer_ == Answer::numbers ? Task::regression : Task::classification;
  info.n_features = layers_.front().inputs;
  info.methods = {Method::predict};
  if (answer_ != Answer::numbers) info.methods.push_back(Method::predict_proba);
}

expected<void, RowError> Mlp::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

/// The last layer's values, in scratch.
const double* Mlp::forward(std::span<const double> row, Scratch& scratch) const noexcept {
  const double* from = row.data();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    std::vector<double>& to = i % 2 == 0 ? scratch.a : scratch.c;
    to.resize(std::max(to.size(), layer.bias.size()));
    for (std::size_t k = 0; k < layer.bias.size(); ++k) to[k] = dot(layer.weights.data() + k * layer.inputs, from, layer.inputs) + layer.bias[k];
    activate(i + 1 < layers_.size() ? hidden_ : last_, {to.data(), layer.bias.size()});
    from = to.data();
  }
  return from;
}

void Mlp::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict || (method == Method::predict_proba && answer_ != Answer::numbers));
  const auto matrix = densify(rows, scratch.b);
  const std::size_t width = layers_.back().bias.size();
  if (method == Method::predict && answer_ != Answer::numbers) {
    const std::size_t columns = answer_ == Answer::labels ? width : 1;
    std::int64_t* answer = answer_indexes(out, matrix.rows(), columns);
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      const double* last = forward(matrix.row(i), scratch);
      if (answer_ == Answer::labels || width == 1) {
        for (std::size_t k = 0; k < width; ++k) answer[i * columns + k] = static_cast<std::int64_t>(last[k] > 0.5);
      } else {
        answer[i] = static_cast<std::int64_t>(argmax({last, width}));
      }
    }
    return;
  }
  const bool is_pair = answer_ == Answer::one_class && width == 1;   // two classes share one output
  const std::size_t columns = is_pair ? 2 : width;
  double* answer = answer_numbers(out, matrix.rows(), columns);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const double* last = forward(matrix.row(i), scratch);
    if (is_pair) {
      answer[2 * i] = 1.0 - last[0];
      answer[2 * i + 1] = last[0];
    } else {
      std::copy_n(last, width, answer + i * width);
    }
  }
}
}  // namespace headroom::model
