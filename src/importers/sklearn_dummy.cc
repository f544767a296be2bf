// DummyClassifier and DummyRegressor.
#include "model/constant.h"

#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"
#include "model/compiled.h"

namespace headroom::importers {
using formats::Kind;
using Spec = model::Constant::Spec;

namespace {
/// Before 1.0 and between 1.0 and 1.3 dummies did not keep it.
Read<std::size_t> n_features_or_0(const Estimator& estimator) {
  const auto place = estimator.place.find("n_features_in_");
  if (!place || place->is_none()) return std::size_t{0};
  return n_features_of(estimator);
}

/// The labels that `constant` names: one, or a list or array of them.
Read<std::vector<model::Label>> constant_labels(const Place& place) {
  std::vector<model::Label> labels;
  const auto add = [&](const formats::Value& value) {
    if (value.is(Kind::boolean)) labels.emplace_back(value.boolean());
    if (value.is(Kind::integer)) labels.emplace_back(value.integer());
    if (value.is(Kind::real)) labels.emplace_back(value.real());
    if (value.is(Kind::text)) labels.emplace_back(std::string(value.text()));
  };
  if (place.value().array() != nullptr) return place.labels();
  if (place.value().is(Kind::list) || place.value().is(Kind::tuple)) {
    for (const auto& item : place.value().items()) add(item);
  } else {
    add(place.value());
  }
  return labels;
}

/// strategy and constant of a dummy classifier, for one output after the other.
class Outputs {
 public:
  static Read<Outputs> of(const Estimator& estimator, std::size_t count) {
    Outputs outputs;
    HEADROOM_TRY(strategy, word_of(estimator, estimator.place.find("_strategy") ? "_strategy" : "strategy"));
    if (strategy == "constant") {
      HEADROOM_TRY(place, estimator.place.need("constant"));
      HEADROOM_TRY(labels, constant_labels(place));
      if (labels.size() != count) return place.refuse("there are " + std::to_string(labels.size()) + " constants for " + std::to_string(count) + " outputs, as far as can be told");
      outputs.constants_ = std::move(labels);
    } else if (strategy != "prior" && strategy != "most_frequent") {
      return estimator.place.find("strategy")->refuse("strategy '" + formats::printable(strategy, 40) + "' answers at random");
    }
    outputs.is_prior_ = strategy == "prior";
    return outputs;
  }

  /// Adds the next output. prior: class_prior_ of it.
  Read<bool> add(const Place& prior_place, const std::vector<model::Label>& classes, const Place& constant, Spec& spec) const {
    HEADROOM_TRY(prior, prior_place.numbers({classes.size()}));
    std::size_t label = model::argmax(prior);
    if (!constants_.empty()) {
      const auto found = std::ranges::find(classes, constants_[spec.labels.size()]);
      if (found == classes.end()) return constant.refuse("the constant is none of classes_, as far as can be told");
      label = static_cast<std::size_t>(found - classes.begin());
    }
    for (std::size_t c = 0; c < classes.size(); ++c) spec.shares.push_back(is_prior_ ? prior[c] : c == label ? 1.0 : 0.0);
    spec.labels.push_back(static_cast<std::int64_t>(label));
    return true;
  }

 private:
  std::vector<model::Label> constants_;   // one an output; or none
  bool is_prior_ = false;
};

Read<bool> add_several(const Estimator& estimator, std::size_t count, model::ModelInfo& info, Spec& spec) {
  if (const auto sparse = estimator.place.find("sparse_output_"); sparse && sparse->value().is(Kind::boolean) && sparse->value().boolean()) return sparse->refuse("a sparse answer is not served");
  HEADROOM_TRY(outputs, Outputs::of(estimator, count));
  HEADROOM_TRY(list, estimator.place.need("classes_"));
  HEADROOM_TRY(priors, estimator.place.need("class_prior_"));
  HEADROOM_TRY(n_lists, list.size());
  HEADROOM_TRY(n_priors, priors.size());
  if (n_lists != count || n_priors != count) return list.refuse("there are classes for " + std::to_string(n_lists) + " and priors for " + std::to_string(n_priors) + " outputs of " + std::to_string(count));
  const auto constant = estimator.place.find("constant").value_or(estimator.place);
  for (std::size_t o = 0; o < count; ++o) {
    HEADROOM_TRY(labels, list.item(o).labels());
    if (labels.empty()) return list.item(o).refuse("it is empty");
    HEADROOM_TRY_VOID(outputs.add(priors.item(o), labels, constant, spec));
    info.output_classes.push_back({std::move(labels), list.item(o).value().array()->dtype.descr()});
  }
  return true;
}
}  // namespace

Imported import_dummy_classifier(const Estimator& estimator) {
  model::ModelInfo classes;
  Spec spec;
  HEADROOM_TRY(n_features, n_features_or_0(estimator));
  spec.n_features = n_features;
  if (has_several_outputs(estimator)) {
    HEADROOM_TRY(count, estimator.place.find("n_outputs_")->count());
    HEADROOM_TRY_VOID(add_several(estimator, count, classes, spec));
    return finish(estimator, std::make_shared<model::Constant>(std::move(spec)), std::move(classes));
  }
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  HEADROOM_TRY(output, Outputs::of(estimator, 1));
  HEADROOM_TRY(prior, estimator.place.need("class_prior_"));
  HEADROOM_TRY_VOID(output.add(prior, classes.classes, estimator.place.find("constant").value_or(estimator.place), spec));
  return finish(estimator, std::make_shared<model::Constant>(std::move(spec)), std::move(classes));
}

Imported import_dummy_regressor(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY(n_features, n_features_or_0(estimator));
  spec.n_features = n_features;
  HEADROOM_TRY(outputs_place, estimator.place.need("n_outputs_"));
  HEADROOM_TRY(outputs, outputs_place.count());
  constexpr std::size_t kMostOutputs = 1U << 20U;
  if (outputs == 0 || outputs > kMostOutputs) return outputs_place.refuse(std::to_string(outputs) + " outputs");
  HEADROOM_TRY(place, estimator.place.need("constant_"));
  HEADROOM_TRY(numbers, spread(place, outputs));
  spec.numbers = std::move(numbers);
  const auto* array = place.value().array();
  spec.whole = array != nullptr && (array->dtype.kind == 'i' || array->dtype.kind == 'u');
  return finish(estimator, std::make_shared<model::Constant>(std::move(spec)));
}
}  // namespace headroom::importers
