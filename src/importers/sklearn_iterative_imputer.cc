// IterativeImputer.
#include <cmath>

#include "importers/matrix.h"
#include "importers/members.h"
#include "importers/values.h"
#include "model/iterative_imputer.h"

namespace headroom::importers {
using formats::Kind;
using Spec = model::IterativeImputer::Spec;

namespace {
Read<bool> read_missing(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("missing_values"));
  HEADROOM_TRY(number, real_of(place));
  spec.missing = number;
  return true;
}

/// Which features had no value when it was fitted. It is stored since 1.6; before, they were those whose statistic is NaN.
Read<std::vector<bool>> empty_features(const Estimator& estimator, const std::vector<double>& statistics) {
  if (const auto place = estimator.place.find("_is_empty_feature")) return mask_of(*place, statistics.size());
  std::vector<bool> empty;
  for (const double statistic : statistics) empty.push_back(std::isnan(statistic));
  return empty;
}

Read<std::vector<double>> statistics_of(const Place& place, std::size_t count) {
  if (place.value().array() != nullptr && place.value().array()->dtype.is_numeric()) return place.numbers({count});
  std::vector<double> statistics;
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(number, real_of(place.item(i)));
    statistics.push_back(number);
  }
  return statistics;
}

/// Statistics and columns, from the imputer that it starts with.
Read<bool> read_start(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("initial_imputer_"));
  HEADROOM_TRY(initial, as_estimator(place, estimator));
  if (initial.name != "SimpleImputer") return place.mismatch("a SimpleImputer");
  HEADROOM_TRY(statistics_place, place.need("statistics_"));
  HEADROOM_TRY(array, statistics_place.array());   // of objects, if the strategy is "constant"
  if (array->shape.size() != 1 || array->count() == 0) return statistics_place.mismatch("a vector");
  const std::size_t count = array->count();
  HEADROOM_TRY_VOID(check_width(estimator, count, "statistics_"));
  HEADROOM_TRY_VOID(spend(estimator, count * 16));
  HEADROOM_TRY(statistics, statistics_of(statistics_place, count));
  HEADROOM_TRY(empty, empty_features(estimator, statistics));
  HEADROOM_TRY(keeps_empty, flag_of(estimator, "keep_empty_features", false));
  if (keeps_empty && !estimator.place.find("_is_empty_feature")) {
    return estimator.place.find("keep_empty_features")->refuse("it is served from scikit-learn 1.6 on: before, it took every cell for a missing one");
  }
  spec.n_features = statistics.size();
  for (std::size_t j = 0; j < statistics.size(); ++j) {
    if (empty[j] && !keeps_empty) continue;
    spec.kept.push_back(static_cast<std::uint32_t>(j));
    spec.statistics.push_back(std::isnan(statistics[j]) ? 0.0 : statistics[j]);   // SimpleImputer fills kept empty features with 0
    spec.imputed.push_back(!empty[j]);
  }
  if (spec.kept.empty()) return statistics_place.refuse("gives no columns");
  return true;
}

/// _ImputerTriplet: a namedtuple, which pickle writes as an object with three arguments, skops as a tuple.
Place triplet_of(const Place& place) { return place.value().is(Kind::tuple) ? place : Place(place.value().args(), place.path()); }

/// A limit for each kept feature; one for all of them before 0.23.
Read<std::vector<double>> limits_of(const Estimator& estimator, std::string_view name, std::size_t count) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return spread(place, count);
}

Read<model::IterativeImputer::Step> step_of(const Place& place, const Estimator& estimator, const Spec& spec) {
  const auto triplet = triplet_of(place);
  if (!triplet.value().is(Kind::tuple) || triplet.value().items().size() != 3) return place.mismatch("a triplet (feature, neighbours, estimator)");
  model::IterativeImputer::Step step;
  const std::size_t width = spec.kept.size();
  HEADROOM_TRY(feature, real_of(triplet.item(0)));
  if (!(feature >= 0 && feature < static_cast<double>(width)) || feature != std::floor(feature)) return triplet.item(0).refuse("there are " + std::to_string(width) + " features");
  step.feature = static_cast<std::size_t>(feature);
  HEADROOM_TRY(columns, column_list(triplet.item(1), width));
  if (columns.empty()) return triplet.item(1).refuse("it names no feature");
  HEADROOM_TRY(member, read_member(triplet.item(2), estimator, nullptr));
  if (member.model->info().n_features != columns.size()) return triplet.item(2).refuse("it takes " + std::to_string(member.model->info().n_features) + " features, not " + std::to_string(columns.size()));
  step.regressor = std::move(member);
  step.regressor.columns = std::move(columns);
  return step;
}

Read<bool> read_steps(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(posterior, flag_of(estimator, "sample_posterior", false));
  if (posterior) return estimator.place.find("sample_posterior")->refuse("what is imputed is drawn at random: no two answers are the same");
  HEADROOM_TRY(rounds_place, estimator.place.need("n_iter_"));
  HEADROOM_TRY(rounds, rounds_place.count());
  if (rounds == 0) return true;
  HEADROOM_TRY(list, estimator.place.need("imputation_sequence_"));
  HEADROOM_TRY(count, list.size());
  HEADROOM_TRY(low, limits_of(estimator, "_min_value", spec.kept.size()));
  HEADROOM_TRY(high, limits_of(estimator, "_max_value", spec.kept.size()));
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(step, step_of(list.item(i), estimator, spec));
    if (!spec.imputed[step.feature]) continue;
    step.low = low[step.feature];
    step.high = high[step.feature];
    HEADROOM_TRY_VOID(spend(estimator, sizeof(step) + step.regressor.columns.size() * sizeof(std::uint32_t)));
    spec.steps.push_back(std::move(step));
  }
  return true;
}
}  // namespace

Imported import_iterative_imputer(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY_VOID(read_missing(estimator, spec));
  HEADROOM_TRY_VOID(read_start(estimator, spec));
  HEADROOM_TRY_VOID(read_steps(estimator, spec));
  HEADROOM_TRY(indicated, indicated_features(estimator, spec.n_features));
  spec.indicated = std::move(indicated);
  return finish(estimator, std::make_shared<model::IterativeImputer>(std::move(spec)));
}
}  // namespace headroom::importers
