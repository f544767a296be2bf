// TransformedTargetRegressor: a regressor and the inverse of a transformer.
#include "model/transformed_target.h"

#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"

namespace headroom::importers {
using formats::Kind;
using model::InverseStep;
using Step = InverseStep::Kind;
using Steps = std::vector<InverseStep>;

namespace {
constexpr std::pair<std::string_view, Step> kFunctions[] = {
    {"exp", Step::exp},         {"expm1", Step::expm1},       {"exp2", Step::exp2},         {"log", Step::log},           {"log1p", Step::log1p},           {"log2", Step::log2},
    {"log10", Step::log10},     {"sqrt", Step::sqrt},         {"square", Step::square},     {"cbrt", Step::cbrt},         {"reciprocal", Step::reciprocal}, {"negative", Step::negative},
    {"absolute", Step::absolute}, {"sinh", Step::sinh},       {"arcsinh", Step::arcsinh},   {"tanh", Step::tanh},         {"arctanh", Step::arctanh},
};

/// The name of a numpy function, as any release of numpy pickles it; empty for anything else.
std::string_view numpy_function(const formats::Value& value) {
  if (value.is(Kind::global) && value.text().starts_with("numpy.")) return value.text().substr(value.text().rfind('.') + 1);
  const bool is_rebuilt = value.is(Kind::call) && value.callee().is(Kind::global) && value.callee().text().ends_with("._ufunc_reconstruct");
  const auto items = value.args().items();
  return is_rebuilt && items.size() == 2 && items[0].text().starts_with("numpy") ? items[1].text() : std::string_view();
}

Read<bool> undo(const Estimator& transformer, std::size_t outputs, Steps& steps);

Read<bool> undo_function(const Estimator& transformer, Steps& steps) {
  HEADROOM_TRY(place, transformer.place.need("inverse_func"));
  if (place.is_none()) return true;
  if (const auto arguments = transformer.place.find("inv_kw_args"); arguments && !arguments->is_none() && !arguments->value().items().empty()) {
    return arguments->refuse("arguments of the inverse function are not served");
  }
  const auto name = numpy_function(place.value());
  for (const auto& [known, kind] : kFunctions) {
    if (known != name) continue;
    steps.push_back({kind, {}, {}});
    return true;
  }
  return place.refuse("the inverse function " + formats::describe(place.value()) + " cannot be served: only numpy's elementwise functions can");
}

/// One step with the attribute's numbers, where the switch (with_std, …) is on or there is none.
Read<bool> undo_by(const Estimator& transformer, std::size_t outputs, std::string_view name, std::string_view switched_by, Step kind, Steps& steps) {
  if (!switched_by.empty()) {
    HEADROOM_TRY(flag_place, transformer.place.need(switched_by));
    HEADROOM_TRY(flag, flag_place.boolean());
    if (!flag) return true;
  }
  HEADROOM_TRY(place, transformer.place.need(name));
  HEADROOM_TRY(values, place.numbers({outputs}));
  steps.push_back({kind, std::move(values), {}});
  return true;
}

Read<bool> undo_power(const Estimator& transformer, std::size_t outputs, Steps& steps) {
  HEADROOM_TRY(standardize_place, transformer.place.need("standardize"));
  HEADROOM_TRY(standardize, standardize_place.boolean());
  if (standardize) {
    HEADROOM_TRY(scaler_place, transformer.place.need("_scaler"));
    HEADROOM_TRY(scaler, as_estimator(scaler_place, transformer));
    HEADROOM_TRY_VOID(undo(scaler, outputs, steps));
  }
  HEADROOM_TRY(method, word_of(transformer, "method"));
  if (method != "yeo-johnson" && method != "box-cox") return transformer.place.find("method")->refuse("method '" + formats::printable(method, 40) + "' is not known");
  const Step box_cox = transformer.version < Version{1, 6} ? Step::box_cox : Step::box_cox_log1p;
  return undo_by(transformer, outputs, "lambdas_", {}, method == "box-cox" ? box_cox : Step::yeo_johnson, steps);
}

Read<bool> undo_quantile(const Estimator& transformer, std::size_t outputs, Steps& steps) {
  HEADROOM_TRY(distribution, word_of(transformer, "output_distribution"));
  if (distribution != "uniform" && distribution != "normal") return transformer.place.find("output_distribution")->refuse("'" + formats::printable(distribution, 40) + "' is not known");
  HEADROOM_TRY(references_place, transformer.place.need("references_"));
  HEADROOM_TRY(references, references_place.numbers());
  const bool all_finite = std::ranges::all_of(references, [](double r) { return std::isfinite(r); });
  if (references.empty() || !all_finite || !std::ranges::is_sorted(references)) return references_place.mismatch("an ascending array");
  HEADROOM_TRY(place, transformer.place.need("quantiles_"));
  HEADROOM_TRY(quantiles, matrix_of(place, transformer, references.size(), outputs));
  std::vector<double> by_output(quantiles.size());
  for (std::size_t q = 0; q < references.size(); ++q) {
    for (std::size_t k = 0; k < outputs; ++k) by_output[k * references.size() + q] = quantiles[q * outputs + k];
  }
  steps.push_back({distribution == "normal" ? Step::quantile_normal : Step::quantile_uniform, std::move(by_output), std::move(references)});
  return true;
}

Read<bool> undo_pipeline(const Estimator& pipeline, std::size_t outputs, Steps& steps) {
  HEADROOM_TRY(list, pipeline.place.need("steps"));
  HEADROOM_TRY(n_steps, list.size());
  for (std::size_t i = n_steps; i-- > 0;) {
    if (!list.item(i).value().is(Kind::tuple) || list.item(i).value().items().size() != 2) return list.item(i).mismatch("a pair (name, transformer)");
    const auto place = list.item(i).item(1);
    if (place.is_none() || place.value().text() == "passthrough") continue;
    HEADROOM_TRY(inner, as_estimator(place, pipeline));
    HEADROOM_TRY_VOID(undo(inner, outputs, steps));
  }
  return true;
}

/// Appends what undoes `transformer`.
Read<bool> undo(const Estimator& transformer, std::size_t outputs, Steps& steps) {
  const auto name = transformer.name;
  if (name == "FunctionTransformer") return undo_function(transformer, steps);
  if (name == "PowerTransformer") return undo_power(transformer, outputs, steps);
  if (name == "QuantileTransformer") return undo_quantile(transformer, outputs, steps);
  if (name == "Pipeline") return undo_pipeline(transformer, outputs, steps);
  if (name == "MaxAbsScaler") return undo_by(transformer, outputs, "scale_", {}, Step::multiply, steps);
  if (name == "StandardScaler") {
    HEADROOM_TRY_VOID(undo_by(transformer, outputs, "scale_", "with_std", Step::multiply, steps));
    return undo_by(transformer, outputs, "mean_", "with_mean", Step::add, steps);
  }
  if (name == "RobustScaler") {
    HEADROOM_TRY_VOID(undo_by(transformer, outputs, "scale_", "with_scaling", Step::multiply, steps));
    return undo_by(transformer, outputs, "center_", "with_centering", Step::add, steps);
  }
  if (name == "MinMaxScaler") {
    HEADROOM_TRY_VOID(undo_by(transformer, outputs, "min_", {}, Step::subtract, steps));
    return undo_by(transformer, outputs, "scale_", {}, Step::divide, steps);
  }
  return transformer.place.refuse("the inverse of the transformer " + formats::printable(transformer.type) + " is not served");
}

/// Columns of the regressor's answer: it is asked with a row of zeros.
Read<std::size_t> outputs_of(const Place& place, const model::Compiled& regressor) {
  const std::vector<double> zeros(regressor.info().n_features);
  const model::Rows rows(MatrixView<const double>(zeros.data(), 1, zeros.size()));
  model::Output out;
  model::Scratch scratch;
  if (!regressor.validate(rows)) return place.refuse("a regressor that takes no row of zeros is not served here");
  regressor.predict(model::Method::predict, rows, out, scratch);
  if (out.dtype != model::DType::f64) return place.refuse("a regressor that does not answer float64 is not served here");
  return out.columns;
}
}  // namespace

Imported import_transformed_target(const Estimator& target) {
  HEADROOM_TRY(regressor_place, target.place.need("regressor_"));
  HEADROOM_TRY(inner, as_estimator(regressor_place, target));
  HEADROOM_TRY(regressor, import_estimator(inner));
  if (regressor->info().task != model::Task::regression) return regressor_place.mismatch("a regressor");
  HEADROOM_TRY(transformer_place, target.place.need("transformer_"));
  HEADROOM_TRY(transformer, as_estimator(transformer_place, target));
  HEADROOM_TRY(outputs, outputs_of(regressor_place, *regressor));
  Steps steps;
  HEADROOM_TRY_VOID(undo(transformer, outputs, steps));
  model::Part first = regressor->info().tree;
  first.name = "regressor_";
  auto model = std::make_shared<model::TransformedTarget>(regressor, std::move(steps));
  const auto features = model->info().features;
  HEADROOM_TRY_VOID(describe(target, model->edit_info()));
  if (model->info().features.empty()) model->edit_info().features = features;
  model->edit_info().tree.parts = {std::move(first), model::Part{"transformer_", std::string(transformer.name), {}, {}}};
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
