// Pipeline, and what only passes on what its estimator answers: searches, FrozenEstimator, SelfTrainingClassifier.
#include <algorithm>

#include "formats/error.h"
#include "importers/estimator.h"
#include "model/pipeline.h"

namespace headroom::importers {
using formats::Kind;
using model::Method;

namespace {
bool is_passthrough(const Place& step) {
  return step.is_none() || (step.value().is(Kind::text) && step.value().text() == "passthrough");
}

bool answers(const model::ModelInfo& info, Method method) { return std::ranges::find(info.methods, method) != info.methods.end(); }

constexpr int kDeepest = 4;

/// The width of a fitted estimator by what it has learned, for those of before 0.23 that do not say it; 0 where nothing is known.
std::size_t learned_width(const Place& estimator, int depth) {
  for (const auto* name : {"n_features_in_", "n_features_", "n_input_features_"}) {
    const auto place = estimator.find(name);
    if (const auto count = place ? place->count() : Read<std::size_t>(std::size_t{0}); count && *count > 0) return *count;
  }
  for (const auto* name : {"coef_", "scale_", "mean_", "center_", "statistics_", "components_", "theta_", "feature_log_prob_", "means_", "support_vectors_", "_fit_X", "X_fit_", "centroids_", "quantiles_", "lambdas_", "variances_", "scores_"}) {
    const auto place = estimator.find(name);
    const auto* array = place ? place->value().array() : nullptr;
    if (array != nullptr && !array->shape.empty()) return array->shape.back();
  }
  for (const auto* name : {"categories_", "bin_edges_"}) {
    const auto place = estimator.find(name);
    if (const auto count = place ? place->size() : Read<std::size_t>(std::size_t{0}); count && *count > 0) return *count;
  }
  for (const auto* name : {"estimators_", "coefs_"}) {
    const auto place = estimator.find(name);
    const auto count = place ? place->size() : Read<std::size_t>(std::size_t{0});
    if (!count || *count == 0) continue;
    const auto first = place->item(0);
    if (const auto* array = first.value().array(); array != nullptr && !array->shape.empty()) return array->shape.front();
    return depth < kDeepest ? learned_width(first, depth + 1) : 0;
  }
  const auto best = estimator.find("best_estimator_");
  return best && depth < kDeepest ? learned_width(*best, depth + 1) : 0;
}

/// Vectorizers take one column, of texts.
bool takes_documents(const Place& estimator) {
  return estimator.value().is(formats::Kind::object) && estimator.value().callee().text().starts_with("sklearn.feature_extraction.text.") && estimator.value().callee().text().ends_with("Vectorizer");
}

/// Columns that the first of steps [from, …) which says so takes; 0 if none does. A step that does not say keeps the width;
/// a union says what the first of its parts does that says so.
std::size_t width_ahead(const Place& steps, std::size_t from, std::size_t n_steps, int depth = 0) {
  for (std::size_t i = from; i < n_steps; ++i) {
    const auto step = steps.item(i);
    if (step.value().items().size() != 2) return 0;
    if (const auto width = learned_width(step.item(1), depth); width > 0) return width;
    if (takes_documents(step.item(1))) return 1;
    auto parts = step.item(1).find("transformer_list");
    if (!parts) parts = step.item(1).find("steps");
    const auto n_parts = parts && depth < kDeepest ? parts->size() : Read<std::size_t>(std::size_t{0});
    if (const auto width = n_parts ? width_ahead(*parts, 0, *n_parts, depth + 1) : 0; width > 0) return width;
    if (step.item(1).find("transformer_list")) return 0;   // what stands behind it takes what it makes
  }
  return 0;
}

/// Imports one (name, estimator) of `steps`, which gets `width` columns; nullptr for a step that does nothing.
Imported import_step(const Place& step, const Estimator& pipeline, std::size_t width, std::string& name) {
  if (!step.value().is(Kind::tuple) || step.value().items().size() != 2) return step.mismatch("a pair (name, estimator) in steps");
  HEADROOM_TRY(text, step.item(0).text());
  name = formats::printable(text);
  const auto place = step.item(1);
  if (is_passthrough(place)) return model::CompiledPtr();
  HEADROOM_TRY(estimator, as_estimator(place, pipeline));
  estimator.width_hint = width;
  return import_estimator(estimator);
}

/// Appends `next` if it takes what the steps before it give.
Read<bool> chain(const Place& place, model::CompiledPtr next, std::vector<model::CompiledPtr>& steps) {
  if (!steps.empty()) {
    const auto& before = steps.back()->info();
    if (!answers(before, Method::transform)) return place.refuse("a step stands behind the estimator " + before.estimator + ", which does not transform");
    const std::size_t wanted = next->info().n_features;   // 0: any, as a DummyClassifier takes
    if (transform_width(before) != wanted && wanted > 0) {
      return place.refuse("this step takes " + std::to_string(next->info().n_features) + " features (n_features_in_), the one before gives " + std::to_string(transform_width(before)));
    }
  }
  steps.push_back(std::move(next));
  return true;
}
}  // namespace

Imported import_pipeline(const Estimator& pipeline) {
  HEADROOM_TRY(steps, pipeline.place.need("steps"));
  HEADROOM_TRY(n_steps, steps.size());
  std::vector<model::CompiledPtr> models;
  std::vector<model::Part> parts;
  bool ends_in_passthrough = false;
  for (std::size_t i = 0; i < n_steps; ++i) {
    std::string name;
    std::size_t width = models.empty() ? pipeline.width_hint : transform_width(models.back()->info());
    if (width == 0) width = width_ahead(steps, i, n_steps);
    HEADROOM_TRY(model, import_step(steps.item(i), pipeline, width, name));
    ends_in_passthrough = model == nullptr;
    model::Part part = ends_in_passthrough ? model::Part{{}, "passthrough", {}, {}} : model->info().tree;
    part.name = std::move(name);
    parts.push_back(std::move(part));
    if (model != nullptr) HEADROOM_TRY_VOID(chain(steps.item(i), std::move(model), models));
  }
  if (models.empty()) return steps.refuse("steps holds no estimator");
  if (ends_in_passthrough && !answers(models.back()->info(), Method::transform)) return steps.refuse("the last of steps is 'passthrough' behind an estimator");
  auto model = std::make_shared<model::Pipeline>(std::move(models));
  model::ModelInfo& info = model->edit_info();
  const auto features = info.features;
  HEADROOM_TRY_VOID(describe(pipeline, info));
  if (info.features.empty()) info.features = features;
  info.tree.parameters.clear();
  info.tree.parts = std::move(parts);
  return model::CompiledPtr(std::move(model));
}

namespace {
Imported pass_on(const Estimator& wrapper, std::string_view attribute) {
  HEADROOM_TRY(inner, wrapper.place.need(attribute));
  HEADROOM_TRY(estimator, as_estimator(inner, wrapper));
  estimator.width_hint = wrapper.width_hint;
  HEADROOM_TRY(model, import_estimator(estimator));
  model::Part part{{}, std::string(wrapper.name), {}, {model->info().tree}};
  part.parts[0].name = std::string(attribute);
  model->edit_info().tree = std::move(part);
  return std::move(model);
}
}  // namespace

Imported import_search(const Estimator& search) { return pass_on(search, "best_estimator_"); }

Imported import_frozen(const Estimator& frozen) { return pass_on(frozen, "estimator"); }

Imported import_self_training(const Estimator& whole) { return pass_on(whole, whole.place.find("estimator_") ? "estimator_" : "base_estimator_"); }   // until 1.5 the latter
}  // namespace headroom::importers
