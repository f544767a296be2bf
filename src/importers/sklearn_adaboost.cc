// AdaBoostClassifier and AdaBoostRegressor.
#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/members.h"
#include "importers/numpy_era.h"
#include "model/adaboost.h"
#include "model/sums.h"

namespace headroom::importers {
using formats::Kind;
using model::AdaBoost;

namespace {
/// estimator_weights_ has an entry for each estimator that was asked for; those never fitted are 0 and still count in the sum.
Read<std::vector<double>> weights_of(const Estimator& boosting, std::size_t n_members) {
  HEADROOM_TRY(place, boosting.place.need("estimator_weights_"));
  HEADROOM_TRY(weights, place.numbers());
  if (weights.size() < n_members) return place.refuse("there are " + std::to_string(weights.size()) + " weights for " + std::to_string(n_members) + " estimators");
  return std::move(weights);
}

/// 1.3.0 still counted only the class that was voted for.
bool counts_only(const Estimator& boosting) {
  const auto stamp = boosting.place.find("_sklearn_version");
  const bool is_first = stamp && stamp->value().is(Kind::text) && (stamp->value().text() == "1.3.0" || stamp->value().text() == "1.3");
  return boosting.version < Version{1, 3} || is_first;
}

Read<AdaBoost::Algorithm> algorithm_of(const Estimator& boosting) {
  const auto place = boosting.place.find("algorithm");
  if (place && place->value().is(Kind::text) && place->value().text() == "SAMME.R") {
    if (boosting.version >= Version{1, 6}) return place->refuse("scikit-learn 1.6 and later have no SAMME.R");
    return AdaBoost::Algorithm::samme_r;
  }
  return counts_only(boosting) ? AdaBoost::Algorithm::samme_counts : AdaBoost::Algorithm::samme;
}
}  // namespace

Imported import_adaboost_classifier(const Estimator& boosting) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(boosting, classes));
  AdaBoost::Spec spec;
  spec.n_classes = classes.classes.size();
  if (spec.n_classes < 2) return boosting.place.find("classes_")->refuse("an AdaBoost of one class");
  HEADROOM_TRY(list, boosting.place.need("estimators_"));
  HEADROOM_TRY(members, read_members(list, boosting, &classes.classes));
  HEADROOM_TRY(algorithm, algorithm_of(boosting));
  spec.algorithm = algorithm;
  spec.log = log_of(boosting.version);
  for (std::size_t i = 0; algorithm == AdaBoost::Algorithm::samme_r && i < members.size(); ++i) {
    if (!members[i].has(model::Method::predict_proba) || members[i].classes.size() != spec.n_classes) return list.item(i).refuse("SAMME.R needs the probability of each class");
  }
  HEADROOM_TRY(weights, weights_of(boosting, members.size()));
  spec.divisor = model::numpy_sum(weights);
  weights.resize(members.size());
  spec.weights = std::move(weights);
  HEADROOM_TRY(width, width_of(boosting, members));
  spec.n_features = width;
  spec.members = std::move(members);
  auto model = std::make_shared<AdaBoost>(std::move(spec));
  HEADROOM_TRY_VOID(finish_ensemble(boosting, std::move(classes), model->members(), model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

Imported import_adaboost_regressor(const Estimator& boosting) {
  HEADROOM_TRY(list, boosting.place.need("estimators_"));
  HEADROOM_TRY(members, read_members(list, boosting, nullptr));
  HEADROOM_TRY(weights, weights_of(boosting, members.size()));
  weights.resize(members.size());
  HEADROOM_TRY(width, width_of(boosting, members));
  auto model = std::make_shared<model::AdaBoostRegressor>(std::move(members), std::move(weights), width);
  HEADROOM_TRY_VOID(finish_ensemble(boosting, {}, model->members(), model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
