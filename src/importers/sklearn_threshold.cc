// FixedThresholdClassifier and TunedThresholdClassifierCV.
#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/members.h"
#include "model/threshold.h"

namespace headroom::importers {
using formats::Kind;
using model::Method;

namespace {
/// The class that the threshold is for: pos_label, else the second.
Read<std::size_t> positive_of(const std::optional<Place>& place, const std::vector<model::Label>& classes) {
  if (!place || place->is_none()) return std::size_t{1};
  const auto& value = place->value();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool is_text = value.is(Kind::text) && classes[i] == model::Label(std::string(value.text()));
    const bool is_number = (value.is(Kind::integer) && (classes[i] == model::Label(value.integer()) || classes[i] == model::Label(static_cast<double>(value.integer()))));
    const bool is_flag = value.is(Kind::boolean) && classes[i] == model::Label(value.boolean());
    if (is_text || is_number || is_flag) return i;
  }
  return place->refuse("it is none of the classes");
}

std::optional<Place> scorer_label(const Estimator& whole) {
  const auto scorer = whole.place.find("_curve_scorer");
  const auto arguments = scorer ? scorer->find("_kwargs") : std::nullopt;
  if (!arguments) return std::nullopt;
  return find_child(*arguments, "pos_label");
}

Read<Method> score_method(const Estimator& whole, const model::Member& member) {
  const auto place = whole.place.find("response_method");
  std::string name = "auto";
  if (place) {
    HEADROOM_TRY(text, place->text());
    name = text;
  }
  if (name == "auto") name = member.has(Method::predict_proba) ? "predict_proba" : "decision_function";
  const Method method = name == "predict_proba" ? Method::predict_proba : Method::decision_function;
  if ((name != "predict_proba" && name != "decision_function") || !member.has(method)) return place->refuse("the estimator has no " + formats::printable(name, 40));
  return method;
}
}  // namespace

Imported import_threshold(const Estimator& whole) {
  HEADROOM_TRY(inner, whole.place.need("estimator_"));
  HEADROOM_TRY(estimator, as_estimator(inner, whole));
  HEADROOM_TRY(compiled, import_estimator(estimator));
  model::Threshold::Spec spec;
  if (compiled->info().classes.size() != 2) return inner.refuse("a classifier of two classes was expected here");
  spec.member.classes = {0, 1};
  spec.member.model = std::move(compiled);
  HEADROOM_TRY(method, score_method(whole, spec.member));
  spec.score = method;
  const bool is_tuned = whole.name == "TunedThresholdClassifierCV";
  HEADROOM_TRY(threshold, whole.place.need(is_tuned ? "best_threshold_" : "threshold"));
  if (threshold.value().is(Kind::text) && threshold.value().text() == "auto") {
    spec.threshold = method == Method::predict_proba ? 0.5 : 0.0;
  } else {
    HEADROOM_TRY(number, text_number(threshold));
    spec.threshold = number;
  }
  HEADROOM_TRY(positive, positive_of(is_tuned ? scorer_label(whole) : whole.place.find("pos_label"), spec.member.model->info().classes));
  spec.positive = positive;
  const auto part = spec.member.model->info().tree;
  auto model = std::make_shared<model::Threshold>(std::move(spec));
  model::ModelInfo& info = model->edit_info();
  const auto features = info.features;
  HEADROOM_TRY_VOID(describe(whole, info));
  if (info.features.empty()) info.features = features;
  info.tree.parts = {part};
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
