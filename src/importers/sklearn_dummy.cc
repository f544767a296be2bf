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

/// The class that `constant` names: the label itself, or a list or array of one.
Read<std::size_t> class_of_constant(const Estimator& estimator, const std::vector<model::Label>& classes) {
  HEADROOM_TRY(place, estimator.place.need("constant"));
  std::vector<model::Label> wanted;
  const auto add = [&](const formats::Value& value) {
    if (value.is(Kind::boolean)) wanted.emplace_back(value.boolean());
    if (value.is(Kind::integer)) wanted.emplace_back(value.integer());
    if (value.is(Kind::real)) wanted.emplace_back(value.real());
    if (value.is(Kind::text)) wanted.emplace_back(std::string(value.text()));
  };
  if (place.value().array() != nullptr) {
    HEADROOM_TRY(labels, place.labels());
    wanted = std::move(labels);
  } else if (place.value().is(Kind::list) || place.value().is(Kind::tuple)) {
    for (const auto& item : place.value().items()) add(item);
  } else {
    add(place.value());
  }
  const auto found = wanted.size() == 1 ? std::ranges::find(classes, wanted[0]) : classes.end();
  if (found == classes.end()) return place.refuse("the constant is none of classes_, as far as can be told");
  return static_cast<std::size_t>(found - classes.begin());
}
}  // namespace

Imported import_dummy_classifier(const Estimator& estimator) {
  if (has_several_outputs(estimator)) return estimator.place.find("n_outputs_")->refuse("a dummy classifier of several outputs");
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(estimator, classes));
  const std::size_t n_classes = classes.classes.size();
  Spec spec;
  HEADROOM_TRY(n_features, n_features_or_0(estimator));
  spec.n_features = n_features;
  HEADROOM_TRY(strategy, word_of(estimator, estimator.place.find("_strategy") ? "_strategy" : "strategy"));
  HEADROOM_TRY(prior_place, estimator.place.need("class_prior_"));
  HEADROOM_TRY(prior, prior_place.numbers({n_classes}));
  spec.label = model::argmax(prior);
  spec.shares.assign(n_classes, 0.0);
  if (strategy == "constant") {
    HEADROOM_TRY(label, class_of_constant(estimator, classes.classes));
    spec.label = label;
  } else if (strategy != "prior" && strategy != "most_frequent") {
    return estimator.place.find("strategy")->refuse("strategy '" + formats::printable(strategy, 40) + "' answers at random");
  }
  spec.shares[spec.label] = 1.0;
  if (strategy == "prior") spec.shares = std::move(prior);
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
