// MLPClassifier and MLPRegressor.
#include "model/mlp.h"

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"

namespace headroom::importers {
using model::Activation;
using model::Mlp;

namespace {
Read<Activation> activation_of(const Estimator& estimator, std::string_view name) {
  constexpr std::pair<std::string_view, Activation> kNames[] = {{"identity", Activation::identity}, {"relu", Activation::relu},       {"tanh", Activation::tanh},
                                                                {"logistic", Activation::logistic}, {"softmax", Activation::softmax}, {"exp", Activation::exp}};
  HEADROOM_TRY(word, word_of(estimator, name));
  for (const auto& [known, activation] : kNames) {
    if (known == word) return activation;
  }
  return estimator.place.find(name)->refuse("the activation '" + formats::printable(word, 40) + "' is not known");
}

Read<Mlp::Layer> layer_of(const Place& weights_place, const Place& bias_place, const Estimator& estimator) {
  HEADROOM_TRY(weights, matrix_of(weights_place, estimator));
  if (weights.rows == 0 || weights.columns == 0) return weights_place.refuse("a layer without weights");
  Mlp::Layer layer;
  layer.inputs = weights.rows;
  HEADROOM_TRY(bias, bias_place.numbers({weights.columns}));
  layer.bias = std::move(bias);
  layer.weights.resize(weights.values.size());
  for (std::size_t i = 0; i < weights.rows; ++i) {
    for (std::size_t k = 0; k < weights.columns; ++k) layer.weights[k * weights.rows + i] = weights.values[i * weights.columns + k];
  }
  return layer;
}

Read<std::vector<Mlp::Layer>> layers_of(const Estimator& estimator) {
  HEADROOM_TRY(weights, estimator.place.need("coefs_"));
  HEADROOM_TRY(biases, estimator.place.need("intercepts_"));
  HEADROOM_TRY(n_layers, weights.size());
  HEADROOM_TRY(n_biases, biases.size());
  if (n_layers == 0 || n_biases != n_layers) return weights.refuse("coefs_ and intercepts_ hold " + std::to_string(n_layers) + " and " + std::to_string(n_biases) + " layers");
  std::vector<Mlp::Layer> layers;
  for (std::size_t i = 0; i < n_layers; ++i) {
    HEADROOM_TRY(layer, layer_of(weights.item(i), biases.item(i), estimator));
    if (i > 0 && layer.inputs != layers.back().bias.size()) return weights.item(i).refuse("this layer does not take what the one before gives");
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// Whether fit was told several labels a row.
Read<bool> is_multilabel(const Estimator& estimator) {
  HEADROOM_TRY(binarizer, estimator.place.need("_label_binarizer"));
  HEADROOM_TRY(place, binarizer.need("y_type_"));
  HEADROOM_TRY(type, place.text());
  return type.starts_with("multilabel");
}
}  // namespace

Imported import_mlp(const Estimator& estimator) {
  HEADROOM_TRY(layers, layers_of(estimator));
  HEADROOM_TRY_VOID(check_width(estimator, layers.front().inputs, "coefs_[0]"));
  HEADROOM_TRY(hidden, activation_of(estimator, "activation"));
  HEADROOM_TRY(last, activation_of(estimator, "out_activation_"));
  if (estimator.name == "MLPRegressor") return finish(estimator, std::make_shared<Mlp>(std::move(layers), hidden, last, Mlp::Answer::numbers));
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  HEADROOM_TRY(multilabel, is_multilabel(estimator));
  const std::size_t outputs = layers.back().bias.size();
  const std::size_t n_classes = classes.classes.size();
  if (outputs != n_classes && !(outputs == 1 && n_classes == 2 && !multilabel)) {
    return estimator.place.find("coefs_")->refuse("the last layer has " + std::to_string(outputs) + " outputs for " + std::to_string(n_classes) + " classes");
  }
  if (multilabel) return finish(estimator, std::make_shared<Mlp>(std::move(layers), hidden, last, Mlp::Answer::labels));
  if (n_classes < 2) return estimator.place.find("classes_")->refuse("a perceptron of one class");
  return finish(estimator, std::make_shared<Mlp>(std::move(layers), hidden, last, Mlp::Answer::one_class), std::move(classes));
}
}  // namespace headroom::importers
