// BaggingClassifier, BaggingRegressor, VotingClassifier and VotingRegressor.
#include <algorithm>

#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/members.h"
#include "model/average.h"
#include "model/sums.h"

namespace headroom::importers {
using formats::Kind;
using model::Average;
using model::Ballot;

namespace {
bool all_have(std::span<const model::Member> members, model::Method method) {
  return std::ranges::all_of(members, [&](const auto& member) { return member.has(method); });
}

Imported build(const Estimator& whole, Average::Spec spec, model::ModelInfo classes) {
  auto average = std::make_shared<Average>(std::move(spec));
  HEADROOM_TRY_VOID(finish_ensemble(whole, std::move(classes), average->members(), average->edit_info()));
  return model::CompiledPtr(std::move(average));
}

Read<bool> read_columns(const Estimator& bagging, std::size_t width, std::vector<model::Member>& members) {
  const auto place = bagging.place.find("estimators_features_");
  if (!place) return true;
  HEADROOM_TRY(count, place->size());
  if (count != members.size()) return place->refuse("there are columns for " + std::to_string(count) + " estimators of " + std::to_string(members.size()));
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(columns, column_list(place->item(i), width));
    bool is_all = columns.size() == width;
    for (std::size_t j = 0; is_all && j < width; ++j) is_all = columns[j] == j;
    if (!is_all) members[i].columns = std::move(columns);
  }
  return true;
}

/// voting's weights of the estimators that are not dropped.
Read<std::vector<double>> voting_weights(const Estimator& voting, std::size_t n_members) {
  const auto place = voting.place.find("weights");
  if (!place || place->is_none()) return std::vector<double>();
  HEADROOM_TRY(weights, place->value().array() != nullptr ? place->numbers() : number_list(*place));
  HEADROOM_TRY(estimators, voting.place.need("estimators"));
  HEADROOM_TRY(count, estimators.size());
  if (weights.size() != count) return place->refuse("there are " + std::to_string(weights.size()) + " weights for " + std::to_string(count) + " estimators");
  std::vector<double> kept;
  for (std::size_t i = 0; i < count; ++i) {
    const auto pair = estimators.item(i);
    if (pair.value().items().size() != 2) return pair.mismatch("a pair (name, estimator)");
    const auto entry = pair.item(1);
    const bool is_dropped = entry.is_none() || (entry.value().is(Kind::text) && (entry.value().text() == "drop"));
    if (!is_dropped) kept.push_back(weights[i]);
  }
  if (kept.size() != n_members) return place->refuse("there are " + std::to_string(kept.size()) + " weights for " + std::to_string(n_members) + " fitted estimators");
  return kept;
}
}  // namespace

Imported import_bagging(const Estimator& bagging) {
  Average::Spec spec;
  model::ModelInfo classes;
  const bool is_classifier = bagging.name.ends_with("Classifier");
  if (is_classifier) HEADROOM_TRY_VOID(describe_classes(bagging, classes));
  spec.n_classes = classes.classes.size();
  const auto labels = encoded(spec.n_classes);
  HEADROOM_TRY(list, bagging.place.need("estimators_"));
  HEADROOM_TRY(members, read_members(list, bagging, is_classifier ? &labels : nullptr));
  HEADROOM_TRY(width, width_of(bagging, members));
  HEADROOM_TRY_VOID(read_columns(bagging, width, members));
  spec.n_features = width;
  spec.ballot = is_classifier ? Ballot::probabilities : Ballot::values;
  spec.divisor = static_cast<double>(members.size());
  const bool all_classes = std::ranges::all_of(members, [&](const auto& member) { return member.classes.size() == spec.n_classes; });
  spec.has_decision = is_classifier && all_classes && all_have(members, model::Method::decision_function);
  spec.members = std::move(members);
  return build(bagging, std::move(spec), std::move(classes));
}

Imported import_voting(const Estimator& voting) {
  Average::Spec spec;
  model::ModelInfo classes;
  const bool is_classifier = voting.name.ends_with("Classifier");
  if (is_classifier) HEADROOM_TRY_VOID(describe_classes(voting, classes));
  spec.n_classes = classes.classes.size();
  const auto labels = encoded(spec.n_classes);
  HEADROOM_TRY(list, voting.place.need("estimators_"));
  HEADROOM_TRY(members, read_members(list, voting, is_classifier ? &labels : nullptr));
  spec.n_features = 0;
  for (const auto& member : members) spec.n_features = std::max(spec.n_features, member.model->info().n_features);   // a DummyClassifier does not tell
  spec.ballot = Ballot::values;
  if (is_classifier) {
    HEADROOM_TRY(place, voting.place.need("voting"));
    HEADROOM_TRY(kind, place.text());
    if (kind != "soft" && kind != "hard") return place.refuse("voting is '" + formats::printable(kind, 40) + "'");
    spec.ballot = kind == "soft" ? Ballot::probabilities : Ballot::labels;
    if (kind == "soft" && !all_have(members, model::Method::predict_proba)) return place.refuse("a soft vote of estimators that have no predict_proba");
    const bool all_classes = std::ranges::all_of(members, [&](const auto& member) { return member.classes.size() == spec.n_classes; });
    if (!all_classes) return list.refuse("an estimator knows fewer classes than the vote");
  }
  // Probabilities that are not flattened are one matrix a member, which is no table of rows.
  const auto flatten = voting.place.find("flatten_transform");
  spec.has_transform = spec.ballot != Ballot::probabilities || (flatten && flatten->value().is(Kind::boolean) && flatten->value().boolean());
  HEADROOM_TRY(weights, voting_weights(voting, members.size()));
  spec.divisor = static_cast<double>(members.size());
  if (!weights.empty()) spec.divisor = model::numpy_sum(weights);
  if (spec.divisor == 0) return voting.place.find("weights")->refuse("the weights add up to zero");
  spec.weights = std::move(weights);
  spec.members = std::move(members);
  return build(voting, std::move(spec), std::move(classes));
}
}  // namespace headroom::importers
