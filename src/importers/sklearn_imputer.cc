// SimpleImputer (and Imputer, as it was before 0.22), MissingIndicator.
#include <cmath>

#include "formats/error.h"
#include "importers/values.h"
#include "model/imputer.h"

namespace headroom::importers {
using Spec = model::Imputer::Spec;

namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// missing_values: NaN, None, a number, a text, or pandas.NA.
Read<model::Category> missing_of(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("missing_values"));
  if (estimator.name == "Imputer" && place.value().is(formats::Kind::text) && place.value().text() == "NaN") return model::Category(kNan);
  const auto called = place.value().callee();
  if (place.value().is_global("pandas._libs.missing.NA") || called.is_global("pandas._libs.missing.NAType") || called.is_global("pandas._libs.missing.NA")) return model::Category(kNan);
  return category_of(place);
}

/// Adds the features for which the indicator has a column.
Read<bool> indicate(const Estimator& indicator, Spec& spec) {
  HEADROOM_TRY(features_place, indicator.place.need("features_"));
  HEADROOM_TRY(features, indexes_below(features_place, spec.n_features));
  spec.indicated = std::move(features);
  return true;
}

bool is_nan(const model::Category& value) {
  const auto* number = std::get_if<double>(&value);
  return number != nullptr && std::isnan(*number);
}

/// Features that the imputer drops had no values when it was fitted: their statistic is NaN.
Read<bool> keep(const Estimator& estimator, const std::vector<model::Category>& statistics, Spec& spec) {
  HEADROOM_TRY(keeps_empty, flag_of(estimator, "keep_empty_features", false));
  HEADROOM_TRY(strategy, text_of(estimator, "strategy"));
  const bool keeps_all = keeps_empty || (strategy == "constant" && estimator.version < Version{1, 8});
  for (std::size_t j = 0; j < statistics.size(); ++j) {
    if (!keeps_all && is_nan(statistics[j])) continue;
    spec.kept.push_back(static_cast<std::uint32_t>(j));
    spec.statistics.push_back(statistics[j]);
  }
  return true;
}
}  // namespace

Imported import_simple_imputer(const Estimator& estimator) {
  Spec spec;
  if (const auto axis = estimator.place.find("axis")) {   // of Imputer, before 0.22
    HEADROOM_TRY(number, axis->integer());
    if (number != 0) return axis->refuse("statistics of rows are not served");
    spec.takes_infinite = true;
  }
  HEADROOM_TRY(missing, missing_of(estimator));
  spec.missing = std::move(missing);
  HEADROOM_TRY(place, estimator.place.need("statistics_"));
  HEADROOM_TRY(statistics, categories_of(place));
  spec.n_features = statistics.size();
  if (spec.n_features == 0) return place.refuse("statistics_ is empty");
  HEADROOM_TRY_VOID(spend(estimator, statistics.size() * (sizeof(model::Category) + 8)));
  HEADROOM_TRY_VOID(keep(estimator, statistics, spec));
  for (std::size_t k = 0; k < spec.kept.size(); ++k) {
    if (std::holds_alternative<std::monostate>(spec.statistics[k])) return place.refuse("the statistic of feature " + std::to_string(spec.kept[k]) + " is None");
  }
  HEADROOM_TRY(add_indicator, flag_of(estimator, "add_indicator", false));
  if (add_indicator) {
    HEADROOM_TRY(indicator_place, estimator.place.need("indicator_"));
    HEADROOM_TRY(indicator, as_estimator(indicator_place, estimator));
    HEADROOM_TRY_VOID(indicate(indicator, spec));
  }
  if (spec.kept.empty() && spec.indicated.empty()) return estimator.place.refuse("gives no columns");
  auto model = std::make_shared<model::Imputer>(std::move(spec));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

Imported import_missing_indicator(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY(missing, missing_of(estimator));
  spec.missing = std::move(missing);
  const auto older = estimator.place.find("_n_features");
  HEADROOM_TRY(n_features, older ? older->count() : width_of(estimator));
  spec.n_features = n_features;
  HEADROOM_TRY_VOID(indicate(estimator, spec));
  if (spec.indicated.empty()) return estimator.place.refuse("gives no columns");
  HEADROOM_TRY(features, text_of(estimator, "features"));
  HEADROOM_TRY(error_on_new, flag_of(estimator, "error_on_new", true));
  spec.nothing_new = features == "missing-only" && error_on_new;
  HEADROOM_TRY_VOID(spend(estimator, spec.indicated.size() * 8));
  auto model = std::make_shared<model::Imputer>(std::move(spec));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
