// LGBMClassifier and its like, and Booster, as they stand in pickles; and the text file itself.
#include "importers/lightgbm.h"

#include "importers/booster_parts.h"
#include "importers/import.h"

namespace headroom::importers {
using formats::Kind;

namespace {
Imported import_handle(const Place& booster, const Estimator& estimator, LightgbmOptions options) {
  HEADROOM_TRY(handle, lightgbm_handle(booster));
  options.iterations = handle.iterations;
  Estimator holder = estimator;
  holder.place = handle.place;
  return import_lightgbm_text(handle.place.value().text(), holder, std::move(options));
}

/// The labels that the wrapper gives: those of its label encoder, or _classes.
Read<bool> read_classes(const Estimator& wrapper, model::ModelInfo& info) {
  auto place = wrapper.place.find("_classes");
  if (const auto encoder = wrapper.place.find("_le"); encoder && encoder->find("classes_")) place = encoder->find("classes_");
  if (!place) return unexpected(wrapper.place.need("_classes").error());
  return replace_classes(*place, info);
}
}  // namespace

Read<LightgbmHandle> lightgbm_handle(const Place& booster) {
  if (!booster.value().is(Kind::object) || !booster.value().callee().is_global("lightgbm.basic.Booster")) return booster.mismatch("a lightgbm.basic.Booster");
  const auto newer = booster.find("_handle");
  HEADROOM_TRY(place, newer ? Read<Place>(*newer) : booster.need("handle"));
  if (!place.value().is(Kind::text)) return place.mismatch("the model's text");
  LightgbmHandle handle{std::move(place)};
  if (const auto best = booster.find("best_iteration"); best && best->value().is(Kind::integer) && best->value().integer() > 0) {
    handle.iterations = static_cast<std::size_t>(best->value().integer());
  }
  return handle;
}

Imported import_lightgbm_booster(const Estimator& estimator) { return import_handle(estimator.place, estimator, {}); }

Imported import_lightgbm_wrapper(const Estimator& estimator) {
  LightgbmOptions options;
  options.role = estimator.name == "LGBMClassifier" ? LightgbmRole::classifier : LightgbmRole::regressor;
  HEADROOM_TRY(booster, estimator.place.need("_Booster"));
  if (booster.is_none()) return booster.refuse("the estimator is not fitted");
  HEADROOM_TRY(model, import_handle(booster, estimator, options));
  model->edit_info().decision_is_ours = !estimator.place.find("_fitted_with_feature_names");   // LGBMClassifier has one since 4.7, as this attribute
  if (!model->info().classes.empty()) HEADROOM_TRY_VOID(read_classes(estimator, model->edit_info()));
  return describe_wrapper(estimator, std::move(model));
}

Read<model::ModelPtr> import_lightgbm_file(std::string_view text, const ImportOptions& options, std::shared_ptr<const void> file) {
  formats::Graph nothing;
  nothing.stream_bytes = text.size();
  Budget budget = budget_of(nothing);
  const Place root(formats::Value(), "model");
  if (!options.select.empty()) return root.refuse("--select: a LightGBM file holds one model");
  const Estimator booster{root, "lightgbm.basic.Booster", "Booster", kNewest, false, 0, &budget};
  LightgbmOptions lightgbm;
  lightgbm.file = std::move(file);
  HEADROOM_TRY(model, import_lightgbm_text(text, booster, std::move(lightgbm)));
  HEADROOM_TRY_VOID(rename(root, options, model->edit_info()));
  return model::ModelPtr(std::move(model));
}
}  // namespace headroom::importers
