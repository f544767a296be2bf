// Binarizer, FunctionTransformer, PowerTransformer, QuantileTransformer.
#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "formats/error.h"
#include "importers/values.h"
#include "model/elementwise.h"
#include "model/pipeline.h"
#include "model/quantile.h"
#include "model/scaler.h"

namespace headroom::importers {
using formats::Kind;

namespace {
template <class Model>
Imported finish(const Estimator& estimator, std::shared_ptr<Model> model) {
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

/// "log1p" of numpy.log1p, of numpy.core._multiarray_umath.log1p, and of numpy.core._ufunc_reconstruct(module, "log1p").
Read<std::string_view> function_name(const Place& place) {
  std::string_view name = place.value().text();
  const auto args = place.value().args().items();
  const bool is_special = name.starts_with("scipy.special.") && (name.ends_with(".expit") || name.ends_with(".logit"));
  const bool is_old_ufunc = place.value().is(Kind::call) && place.value().callee().is_global("numpy.core._ufunc_reconstruct") && args.size() == 2 && args[1].is(Kind::text);
  if (is_old_ufunc) {
    name = args[1].text();
  } else if (!place.value().is(Kind::global) || (!name.starts_with("numpy.") && !is_special)) {
    return place.refuse("the function is " + formats::describe(place.value()) + "; only numpy's elementary functions (numpy.log1p and the like) can be served");
  }
  return name.substr(name.rfind('.') + 1);
}

bool is_empty(const std::optional<Place>& place) {
  return !place || place->is_none() || (place->value().is(Kind::dict) && place->value().items().empty());
}

/// The keywords of kw_args. Those that are not `known` are refused.
class Keywords {
 public:
  explicit Keywords(std::optional<Place> place) : place_(std::move(place)) {}

  Read<bool> are_among(std::initializer_list<std::string_view> known) const {
    if (is_empty(place_)) return true;
    const auto pairs = place_->value().items();
    if (!place_->value().is(Kind::dict)) return place_->mismatch("a dict");
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      if (!pairs[i].is(Kind::text)) return place_->mismatch("a dict of names");
      if (std::ranges::find(known, pairs[i].text()) == known.end()) return at(pairs[i].text(), pairs[i + 1]).refuse("this argument of the function is not served");
    }
    return true;
  }
  /// A number; nothing for None and where there is none.
  Read<std::optional<double>> number(std::string_view name) const {
    const auto* value = is_empty(place_) ? nullptr : place_->value().find(name);
    if (value == nullptr || value->is(Kind::none)) return std::optional<double>();
    HEADROOM_TRY(number, real_of(at(name, *value)));
    return std::optional(number);
  }
  [[nodiscard]] Place at(std::string_view name, const formats::Value& value) const { return {value, place_->path() + "['" + formats::printable(name, 40) + "']"}; }

 private:
  std::optional<Place> place_;
};

Read<model::Elementwise> clip_of(const Place& place, const Keywords& keywords) {
  HEADROOM_TRY_VOID(keywords.are_among({"a_min", "a_max", "min", "max"}));
  model::Elementwise rule{model::Elementwise::Kind::clip};
  HEADROOM_TRY(older_low, keywords.number("a_min"));
  HEADROOM_TRY(older_high, keywords.number("a_max"));
  HEADROOM_TRY(low, keywords.number("min"));
  HEADROOM_TRY(high, keywords.number("max"));
  if (!older_low && !older_high && !low && !high) return place.refuse("numpy.clip without a bound in kw_args");
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  rule.a = older_low ? *older_low : low.value_or(-kInfinity);
  rule.b = older_high ? *older_high : high.value_or(kInfinity);
  return rule;
}

Read<model::Elementwise> round_of(const Place& place, const Keywords& keywords) {
  HEADROOM_TRY_VOID(keywords.are_among({"decimals"}));
  HEADROOM_TRY(decimals, keywords.number("decimals"));
  constexpr double kMost = 22;   // up to here a power of ten is exact
  const double count = decimals.value_or(0);
  if (!(std::fabs(count) <= kMost) || count != std::floor(count)) return place.refuse("to " + std::to_string(count) + " decimals");
  model::Elementwise rule{count < 0 ? model::Elementwise::Kind::round_up : model::Elementwise::Kind::round};
  rule.a = std::pow(10.0, std::fabs(count));
  return rule;
}

Read<model::Elementwise> replacement_of(const Keywords& keywords) {
  HEADROOM_TRY_VOID(keywords.are_among({"nan", "posinf", "neginf", "copy"}));
  HEADROOM_TRY(nan, keywords.number("nan"));
  HEADROOM_TRY(high, keywords.number("posinf"));
  HEADROOM_TRY(low, keywords.number("neginf"));
  constexpr double kMost = std::numeric_limits<double>::max();
  model::Elementwise rule{model::Elementwise::Kind::replace};
  rule.a = nan.value_or(0);
  rule.b = high.value_or(kMost);
  rule.c = low.value_or(-kMost);
  return rule;
}

/// The function with its keywords.
Read<model::Elementwise> rule_of(const Place& place, const Keywords& keywords) {
  HEADROOM_TRY(name, function_name(place));
  if (name == "clip") return clip_of(place, keywords);
  if (name == "round" || name == "around" || name == "round_") return round_of(place, keywords);
  if (name == "nan_to_num") return replacement_of(keywords);
  model::Elementwise rule{model::Elementwise::Kind::plain, model::elementary(name)};
  if (rule.function == nullptr) return place.refuse("the function " + formats::printable(name, 80) + " is not served");
  HEADROOM_TRY_VOID(keywords.are_among({}));
  return rule;
}

/// [references, features] as one vector a feature.
Read<std::vector<std::vector<double>>> columns_of(const Place& place, std::size_t rows, std::size_t columns) {
  HEADROOM_TRY(values, place.numbers({rows, columns}));
  std::vector<std::vector<double>> out(columns);
  for (std::size_t i = 0; i < values.size(); ++i) out[i % columns].push_back(values[i]);
  return out;
}
}  // namespace

Imported import_binarizer(const Estimator& estimator) {
  HEADROOM_TRY(n_features, width_or_any(estimator));
  HEADROOM_TRY(place, estimator.place.need("threshold"));
  HEADROOM_TRY(threshold, real_of(place));
  return finish(estimator, std::make_shared<model::Binarizer>(n_features, threshold));
}

Imported import_function_transformer(const Estimator& estimator) {
  HEADROOM_TRY(n_features, width_or_any(estimator));
  HEADROOM_TRY(place, estimator.place.need("func"));
  model::Elementwise function;
  if (!place.is_none()) {
    HEADROOM_TRY(found, rule_of(place, Keywords(estimator.place.find("kw_args"))));
    function = found;
  }
  HEADROOM_TRY(is_checked, flag_of(estimator, "validate", false));
  return finish(estimator, std::make_shared<model::Function>(n_features, function, is_checked));
}

Imported import_power_transformer(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("lambdas_"));
  HEADROOM_TRY(array, place.array());
  if (array->shape.size() != 1 || array->count() == 0) return place.mismatch("a vector");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * 3 * sizeof(double)));
  HEADROOM_TRY(lambdas, place.numbers());
  const std::size_t n_features = lambdas.size();
  HEADROOM_TRY(method, text_of(estimator, "method"));
  if (method != "box-cox" && method != "yeo-johnson") return estimator.place.find("method")->refuse("the method '" + formats::printable(method, 40) + "' is not known");
  const auto yeo_johnson = estimator.version < Version{1, 9} ? model::Power::yeo_johnson : model::Power::yeo_johnson_expm1;
  const bool is_float32 = array->dtype.kind == 'f' && array->dtype.itemsize == sizeof(float);
  const auto width = is_float32 && estimator.version >= Version{1, 5} ? model::Width::f32 : model::Width::f64;   // numpy 2 keeps a scalar's type
  auto power = std::make_shared<model::PowerTransform>(method == "box-cox" ? model::Power::box_cox : yeo_johnson, std::move(lambdas), width);
  HEADROOM_TRY(standardize, flag_of(estimator, "standardize", true));
  if (!standardize) return finish(estimator, std::move(power));
  HEADROOM_TRY(scaler_place, estimator.place.need("_scaler"));
  HEADROOM_TRY(scaler_estimator, as_estimator(scaler_place, estimator));
  HEADROOM_TRY(scaler, import_estimator(scaler_estimator));
  if (scaler->info().n_features != n_features) return scaler_place.refuse("the scaler has another width than lambdas_");
  HEADROOM_TRY_VOID(describe(estimator, power->edit_info()));
  auto pipeline = std::make_shared<model::Pipeline>(std::vector<model::CompiledPtr>{power, scaler});
  return finish(estimator, std::move(pipeline));
}

Imported import_quantile_transformer(const Estimator& estimator) {
  HEADROOM_TRY(quantiles_place, estimator.place.need("quantiles_"));
  HEADROOM_TRY(array, quantiles_place.array());
  if (array->shape.size() != 2 || array->count() == 0) return quantiles_place.mismatch("an array of shape (quantiles, features)");
  HEADROOM_TRY_VOID(spend(estimator, 2 * (array->count() + array->shape[0]) * sizeof(double)));
  HEADROOM_TRY(quantiles, columns_of(quantiles_place, array->shape[0], array->shape[1]));
  HEADROOM_TRY(references, vector_of(estimator, "references_", array->shape[0]));
  if (!std::ranges::is_sorted(references) || references.front() != references.front()) return estimator.place.find("references_")->refuse("references_ do not ascend");
  for (const auto& own : quantiles) {
    if (std::ranges::any_of(own, [](double value) { return std::isnan(value); })) return quantiles_place.refuse("a feature's quantiles are NaN (it had no values)");
    if (!std::ranges::is_sorted(own)) return quantiles_place.refuse("quantiles_ do not ascend");
  }
  HEADROOM_TRY(name, text_of(estimator, "output_distribution"));
  if (name != "uniform" && name != "normal") return estimator.place.find("output_distribution")->refuse("the distribution '" + formats::printable(name, 40) + "' is not known");
  const auto uniform = estimator.version < Version{0, 21} ? model::Distribution::clipped_uniform : model::Distribution::uniform;
  const auto distribution = name == "normal" ? model::Distribution::normal : uniform;
  return finish(estimator, std::make_shared<model::Quantile>(std::move(quantiles), std::move(references), distribution));
}
}  // namespace headroom::importers
