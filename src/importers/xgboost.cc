// XGBClassifier and its like, and Booster, as they stand in pickles.
#include <cmath>
#include <limits>

#include "formats/error.h"
#include "formats/json.h"
#include "importers/booster_parts.h"
#include "importers/import.h"
#include "importers/xgboost.h"

namespace headroom::importers {
using formats::Kind;

namespace {
std::optional<std::size_t> stored_best(const Place& object) {
  const auto place = object.find("best_iteration");
  if (!place || !place->value().is(Kind::integer) || place->value().integer() < 0) return std::nullopt;
  return static_cast<std::size_t>(place->value().integer());
}

Imported import_handle(const Place& booster, const Estimator& estimator, XgboostOptions options) {
  if (!booster.value().is(Kind::object) || !booster.value().callee().is_global("xgboost.core.Booster")) return booster.mismatch("an xgboost.core.Booster");
  HEADROOM_TRY(handle, booster.need("handle"));
  HEADROOM_TRY(graph, xgboost_graph(handle));
  const Place root(graph.root, handle.path());
  options.best_iteration = stored_best(booster);
  const auto snapshot = find_child(root, "Model");
  return import_xgboost_document(snapshot ? *snapshot : root, estimator, std::move(options));
}

Read<double> missing_of(const Estimator& wrapper) {
  const auto place = wrapper.place.find("missing");
  if (!place || place->is_none()) return std::numeric_limits<double>::quiet_NaN();
  HEADROOM_TRY(value, text_number(*place));
  return static_cast<double>(static_cast<float>(value));
}

/// The labels that a wrapper gives: of its label encoder (up to 1.5), classes_, or 0, 1, …
Read<bool> read_classes(const Estimator& wrapper, model::ModelInfo& info) {
  auto holder = wrapper.place;
  if (const auto encoder = wrapper.place.find("_le")) holder = *encoder;
  const auto place = holder.find("classes_");
  if (!place || place->value().array() == nullptr) return true;
  return replace_classes(*place, info);
}
}  // namespace

// Up to 1.2 it is the old binary format.
Read<formats::Graph> xgboost_graph(const Place& handle) {
  const auto text = handle.value().text();
  if (!handle.value().is(Kind::bytes) || text.empty()) return handle.mismatch("a saved model");
  const auto bytes = std::as_bytes(std::span(text));
  if (text[0] != '{') return handle.refuse("this is XGBoost's old binary format; save the model again with XGBoost 1.6 or newer");
  const auto next = text.find_first_not_of(" \t\r\n", 1);
  const bool is_json = next != std::string_view::npos && (text[next] == '"' || text[next] == '}');
  auto graph = is_json ? formats::read_json(bytes, {}, formats::Lists::long_ones_as_text) : formats::read_ubjson(bytes, {});
  if (!graph) return handle.refuse("the saved model inside is damaged: " + graph.error().what);
  return std::move(*graph);
}

Imported import_xgboost_booster(const Estimator& estimator) {
  XgboostOptions options;
  options.missing = std::numeric_limits<double>::quiet_NaN();
  return import_handle(estimator.place, estimator, options);
}

Read<model::ModelPtr> import_xgboost_file(const formats::Graph& graph, const ImportOptions& options, std::shared_ptr<const void> file) {
  Budget budget = budget_of(graph);
  const Place root(graph.root, "model");
  if (!options.select.empty()) return root.refuse("--select: an XGBoost file holds one model");
  if (!find_child(root, "learner")) {
    if (find_child(root, "tree_info")) return root.refuse("this is what LightGBM's dump_model prints, which is for reading; save the model with save_model");
    return root.refuse("this is JSON, but no model: it has no \"learner\" as XGBoost's files have");
  }
  const Estimator booster{root, "xgboost.core.Booster", "Booster", kNewest, false, 0, &budget};
  XgboostOptions xgboost;
  xgboost.missing = std::numeric_limits<double>::quiet_NaN();
  xgboost.file = std::move(file);
  HEADROOM_TRY(model, import_xgboost_document(root, booster, std::move(xgboost)));
  HEADROOM_TRY_VOID(rename(root, options, model->edit_info()));
  return model::ModelPtr(std::move(model));
}

Imported import_xgboost_wrapper(const Estimator& estimator) {
  XgboostOptions options;
  options.role = estimator.name.ends_with("Classifier") ? XgboostRole::classifier : XgboostRole::regressor;
  HEADROOM_TRY(missing, missing_of(estimator));
  options.missing = missing;
  HEADROOM_TRY(booster, estimator.place.need("_Booster"));
  if (booster.is_none()) return booster.refuse("the estimator is not fitted");
  HEADROOM_TRY(model, import_handle(booster, estimator, options));
  model->edit_info().decision_is_ours = true;
  if (!model->info().classes.empty()) HEADROOM_TRY_VOID(read_classes(estimator, model->edit_info()));
  return describe_wrapper(estimator, std::move(model));
}
}  // namespace headroom::importers
