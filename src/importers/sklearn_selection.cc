// Feature selection: what is kept follows from scores, p-values, variances, importances or a stored mask.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "formats/error.h"
#include "importers/booster_importances.h"
#include "importers/importances.h"
#include "importers/values.h"
#include "model/selector.h"
#include "model/sums.h"

namespace headroom::importers {
using Mask = std::vector<bool>;
using formats::Kind;

namespace {
/// A vector attribute of any length ≥ 1.
Read<std::vector<double>> learned(const Estimator& estimator, std::string_view name) {
  HEADROOM_TRY(place, estimator.place.need(name));
  HEADROOM_TRY(array, place.array());
  if (array->shape.size() != 1 || array->count() == 0) return place.mismatch("a vector");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(double)));
  return place.numbers();
}

Read<double> parameter(const Estimator& estimator, std::string_view name) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return real_of(place);
}

std::vector<double> clean(std::vector<double> scores) {
  for (double& score : scores) score = std::isnan(score) ? std::numeric_limits<double>::lowest() : score;
  return scores;
}

/// The k largest; of equal ones those that come last.
Mask k_best(const std::vector<double>& scores, std::size_t k) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return scores[i]; });
  Mask mask(scores.size(), false);
  for (std::size_t i = scores.size() - std::min(k, scores.size()); i < scores.size(); ++i) mask[order[i]] = true;
  return mask;
}

/// numpy.percentile(values, percent), linear.
double percentile(std::vector<double> values, double percent) {
  std::ranges::sort(values);
  const double at = static_cast<double>(values.size() - 1) * (percent / 100);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const double low = values[below];
  const double high = values[std::min(below + 1, values.size() - 1)];
  const double t = at - std::floor(at);
  return t >= 0.5 ? high - (high - low) * (1 - t) : low + (high - low) * t;
}

Mask best_percent(const std::vector<double>& scores, double percent) {
  if (percent == 100 || percent == 0) return Mask(scores.size(), percent == 100);
  const double threshold = percentile(scores, 100 - percent);
  Mask mask(scores.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) kept += (mask[i] = scores[i] > threshold) ? 1 : 0;
  const auto most = static_cast<std::size_t>(static_cast<double>(scores.size()) * percent / 100);
  for (std::size_t i = 0; i < scores.size() && kept < most; ++i) {
    if (scores[i] == threshold) kept += (mask[i] = true) ? 1 : 0;
  }
  return mask;
}

/// Benjamini and Hochberg's procedure.
Mask false_discovery(const std::vector<double>& p_values, double alpha) {
  std::vector<double> sorted = p_values;
  std::ranges::sort(sorted);
  double largest = -1;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] <= alpha / static_cast<double>(sorted.size()) * static_cast<double>(i + 1)) largest = sorted[i];
  }
  Mask mask(p_values.size());
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = largest >= 0 && p_values[i] <= largest;
  return mask;
}

Read<Mask> by_p_values(const Estimator& estimator, std::string_view mode, double alpha) {
  HEADROOM_TRY(p_values, learned(estimator, "pvalues_"));
  if (mode == "fdr") return false_discovery(p_values, alpha);
  const double limit = mode == "fpr" ? alpha : alpha / static_cast<double>(p_values.size());
  Mask mask(p_values.size());
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = p_values[i] < limit;
  return mask;
}

/// mode: k_best, percentile, fpr, fdr or fwe.   parameter: the attribute that holds its number.
Read<Mask> univariate(const Estimator& estimator, std::string_view mode, std::string_view name) {
  HEADROOM_TRY(place, estimator.place.need(name));
  if (mode != "k_best" && mode != "percentile") {
    HEADROOM_TRY(alpha, real_of(place));
    return by_p_values(estimator, mode, alpha);
  }
  HEADROOM_TRY(scores, learned(estimator, "scores_"));
  if (mode == "k_best" && place.value().is(Kind::text) && place.value().text() == "all") return Mask(scores.size(), true);
  HEADROOM_TRY(number, real_of(place));
  if (mode == "k_best" && number >= 0) return k_best(clean(std::move(scores)), static_cast<std::size_t>(std::min(number, 1e9)));
  if (mode == "percentile" && number >= 0 && number <= 100) return best_percent(clean(std::move(scores)), number);
  return place.refuse("no count or share that can be selected");
}

Read<Mask> generic(const Estimator& estimator) {
  HEADROOM_TRY(mode, text_of(estimator, "mode"));
  for (const auto* known : {"k_best", "percentile", "fpr", "fdr", "fwe"}) {
    if (mode == known) return univariate(estimator, mode, "param");
  }
  return estimator.place.find("mode")->refuse("the mode '" + formats::printable(mode, 40) + "' is not known");
}

Read<Mask> by_variance(const Estimator& estimator) {
  HEADROOM_TRY(variances, learned(estimator, "variances_"));
  HEADROOM_TRY(threshold, parameter(estimator, "threshold"));
  Mask mask(variances.size());
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = variances[i] > threshold;
  return mask;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

bool is_near_one(const std::optional<Place>& ratio) {
  if (!ratio || ratio->is_none()) return false;
  const auto value = real_of(*ratio);
  return value && std::fabs(*value - 1) <= 1e-8 + 1e-5;
}

/// Whether SelectFromModel takes a threshold near zero by default: the estimator was fitted with an l1 penalty.
bool is_l1(const Estimator& inner) {
  const auto penalty = inner.place.find("penalty");
  if (penalty && penalty->value().is(Kind::text) && penalty->value().text() == "l1") return true;
  if (inner.name.find("Lasso") != std::string_view::npos) return true;
  const bool has_elastic_net_rule = inner.version >= Version{1, 1};
  if (!has_elastic_net_rule) return false;
  if (inner.name == "ElasticNet" || (inner.name == "LogisticRegression" && inner.version >= Version{1, 8})) return is_near_one(inner.place.find("l1_ratio"));
  if (inner.name == "ElasticNetCV") return is_near_one(inner.place.find("l1_ratio_"));
  return false;
}

/// mean or median of the scores; of float32 scores in float32.
double centre_of(const Importances& scores, bool is_median) {
  const auto& values = scores.values;
  if (!scores.is_float32) return is_median ? median(values) : model::numpy_sum({values.data(), values.size()}) / static_cast<double>(values.size());
  if (is_median) {
    std::vector<float> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    const std::size_t half = sorted.size() / 2;
    return static_cast<double>(sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2);
  }
  const std::vector<float> narrow(values.begin(), values.end());
  return static_cast<double>(float_sum(narrow) / static_cast<float>(narrow.size()));
}

/// "mean", "median", "1.25*mean", a number, or None.
Read<double> threshold_of(const Place& place, const Estimator& inner, const Importances& scores) {
  std::string text = "mean";
  if (place.is_none()) {
    if (is_l1(inner)) return 1e-5;
  } else if (place.value().is(Kind::text)) {
    text = std::string(place.value().text());
  } else {
    return real_of(place);
  }
  std::erase(text, ' ');
  double scale = 1;
  if (const auto star = text.find('*'); star != std::string::npos) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + star, scale);
    if (error != std::errc{} || end != text.data() + star) return place.mismatch("a threshold such as '1.25*mean'");
    text.erase(0, star + 1);
  }
  if (text != "mean" && text != "median") return place.mismatch("a threshold such as '1.25*mean'");
  const double centre = centre_of(scores, text == "median");
  // Of a Python float and a float32, numpy 1 makes a double, numpy 2 a float32.
  if (scores.is_float32 && inner.version >= Version{1, 5}) return static_cast<double>(static_cast<float>(scale) * static_cast<float>(centre));
  return scale * centre;
}

Read<Mask> by_importance(const Estimator& estimator, const Estimator& inner) {
  if (const auto getter = estimator.place.find("importance_getter"); getter && !(getter->value().is(Kind::text) && getter->value().text() == "auto")) {
    return getter->refuse("only importance_getter='auto' is served");
  }
  HEADROOM_TRY(order, estimator.place.find("norm_order") ? parameter(estimator, "norm_order") : Read<double>(1.0));
  HEADROOM_TRY(found, importances_of(inner, order));
  const auto& scores = found.values;
  HEADROOM_TRY(threshold_place, estimator.place.need("threshold"));
  HEADROOM_TRY(exact, threshold_of(threshold_place, inner, found));
  const double threshold = found.is_float32 ? static_cast<double>(static_cast<float>(exact)) : exact;
  Mask mask(scores.size(), true);
  const auto most = estimator.place.find("max_features");
  if (most && !most->is_none()) {
    const auto learned_most = estimator.place.find("max_features_");
    HEADROOM_TRY(count, learned_most ? learned_most->count() : most->count());
    std::vector<std::size_t> order_of(scores.size());
    std::iota(order_of.begin(), order_of.end(), 0U);
    std::ranges::stable_sort(order_of, {}, [&](std::size_t i) { return -scores[i]; });
    for (std::size_t i = std::min(count, scores.size()); i < scores.size(); ++i) mask[order_of[i]] = false;
  }
  for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = mask[i] && !(scores[i] < threshold);
  return mask;
}

/// support_ as RFE, RFECV and SequentialFeatureSelector store it.
Read<Mask> stored(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("support_"));
  HEADROOM_TRY(array, place.array());
  return mask_of(place, array->count());
}

/// Whether a selector around this estimator lets NaN pass, which scikit-learn decides by the estimator's tag.
bool takes_nan(const Estimator& inner) {
  const auto type = inner.type;
  if (type.find("HistGradientBoosting") != std::string_view::npos || !type.starts_with("sklearn.")) return true;
  if (inner.name == "DecisionTreeClassifier" || inner.name == "DecisionTreeRegressor") return inner.version >= Version{1, 3};
  if (inner.name == "RandomForestClassifier" || inner.name == "RandomForestRegressor") return inner.version >= Version{1, 4};
  if (inner.name.starts_with("ExtraTree")) return inner.version >= Version{1, 6};
  return false;
}

struct Selected {
  Mask mask;
  model::Nan nan = model::Nan::refuse;
};

Read<Selected> with_inner(const Estimator& estimator) {
  const auto name = estimator.place.find("estimator_") ? "estimator_" : "estimator";
  HEADROOM_TRY(inner_place, estimator.place.need(name));
  HEADROOM_TRY(inner, as_estimator(inner_place, estimator));
  const auto nan = takes_nan(inner) ? model::Nan::allow : model::Nan::refuse;
  if (estimator.name == "SelectFromModel") {
    HEADROOM_TRY(mask, by_importance(estimator, inner));
    return Selected{std::move(mask), nan};
  }
  HEADROOM_TRY(mask, stored(estimator));
  return Selected{std::move(mask), nan};
}

Read<Mask> without_inner(const Estimator& estimator) {
  if (estimator.name == "SelectKBest") return univariate(estimator, "k_best", "k");
  if (estimator.name == "SelectPercentile") return univariate(estimator, "percentile", "percentile");
  if (estimator.name == "SelectFpr") return univariate(estimator, "fpr", "alpha");
  if (estimator.name == "SelectFdr") return univariate(estimator, "fdr", "alpha");
  if (estimator.name == "SelectFwe") return univariate(estimator, "fwe", "alpha");
  if (estimator.name == "VarianceThreshold") return by_variance(estimator);
  return generic(estimator);
}

/// RFE and RFECV also predict, with the estimator fitted on what they keep; where that cannot be served they only transform.
model::CompiledPtr with_answers(const Estimator& estimator, model::CompiledPtr selector) {
  const auto place = estimator.place.find("estimator_");
  if (!place || !estimator.name.starts_with("RFE")) return selector;
  auto inner_estimator = as_estimator(*place, estimator);
  if (!inner_estimator) return selector;
  auto inner = import_estimator(*inner_estimator);
  if (!inner || (*inner)->info().n_features != selector->info().n_outputs) return selector;
  if (std::ranges::find((*inner)->info().methods, model::Method::predict) == (*inner)->info().methods.end()) return selector;
  return std::make_shared<model::SelectedEstimator>(std::move(selector), std::move(*inner));
}
}  // namespace

Imported import_selector(const Estimator& estimator) {
  Selected selected;
  if (estimator.place.find("estimator")) {
    HEADROOM_TRY(found, with_inner(estimator));
    selected = std::move(found);
  } else {
    HEADROOM_TRY(mask, without_inner(estimator));
    selected.mask = std::move(mask);
    if (estimator.name == "VarianceThreshold" && estimator.version >= Version{0, 22}) selected.nan = model::Nan::allow;
  }
  std::vector<std::uint32_t> chosen;
  for (std::size_t j = 0; j < selected.mask.size(); ++j) {
    if (selected.mask[j]) chosen.push_back(static_cast<std::uint32_t>(j));
  }
  if (chosen.empty()) return estimator.place.refuse("selects no features");
  HEADROOM_TRY_VOID(spend(estimator, selected.mask.size() * 4));
  auto model = with_answers(estimator, std::make_shared<model::Selector>(selected.mask.size(), std::move(chosen), selected.nan));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model;
}
}  // namespace headroom::importers
