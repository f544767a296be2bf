// CalibratedClassifierCV.
#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/members.h"
#include "model/calibrated.h"

namespace headroom::importers {
using formats::Kind;
using model::Calibrated;
using model::Calibrator;

namespace {
Read<double> real_of(const Place& object, std::string_view name) {
  HEADROOM_TRY(place, object.need(name));
  if (const auto* array = place.value().array(); array != nullptr && array->count() == 1) {
    HEADROOM_TRY(numbers, place.numbers());
    return numbers[0];
  }
  return text_number(place);
}

Read<Calibrator> isotonic(const Place& place) {
  Calibrator calibrator;
  const bool is_old = !place.find("X_thresholds_");
  HEADROOM_TRY(x_place, place.need(is_old ? "_necessary_X_" : "X_thresholds_"));
  HEADROOM_TRY(y_place, place.need(is_old ? "_necessary_y_" : "y_thresholds_"));
  HEADROOM_TRY(x, x_place.numbers());
  HEADROOM_TRY(y, y_place.numbers({x.size()}));
  if (x.empty() || !std::ranges::is_sorted(x) || std::ranges::adjacent_find(x) != x.end()) return x_place.refuse("the points do not rise");
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::ranges::all_of(x, finite) || !std::ranges::all_of(y, finite)) return x_place.refuse("a point is not finite");
  const auto bounds = place.find("out_of_bounds");
  if (!bounds || !bounds->value().is(Kind::text) || bounds->value().text() != "clip") return place.refuse("an isotonic calibrator with out_of_bounds other than 'clip'");
  HEADROOM_TRY(low, real_of(place, "X_min_"));
  HEADROOM_TRY(high, real_of(place, "X_max_"));
  calibrator.x = std::move(x);
  calibrator.y = std::move(y);
  calibrator.low = low;
  calibrator.high = high;
  return calibrator;
}

Read<Calibrator> read_calibrator(const Place& place) {
  const auto type = place.value().is(Kind::object) ? place.value().callee().text() : std::string_view();
  if (type.ends_with(".IsotonicRegression")) return isotonic(place);
  if (!type.ends_with("._SigmoidCalibration")) return place.mismatch("a calibrator");
  Calibrator calibrator;
  HEADROOM_TRY(a, real_of(place, "a_"));
  HEADROOM_TRY(b, real_of(place, "b_"));
  calibrator.a = a;
  calibrator.b = b;
  return calibrator;
}

std::optional<Place> first_of(const Place& object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (auto found = object.find(name); found && !found->is_none() && !(found->value().is(Kind::text))) return found;
  }
  return std::nullopt;
}

Read<Calibrated::Fold> read_fold(const Place& place, const Estimator& whole, const std::vector<model::Label>& classes) {
  if (!place.value().is(Kind::object) || !place.value().callee().text().ends_with("._CalibratedClassifier")) return place.mismatch("a _CalibratedClassifier");
  const auto inner = first_of(place, {"estimator", "base_estimator"});
  if (!inner) return unexpected(place.need("estimator").error());
  const auto list = first_of(place, {"calibrators", "calibrators_"});
  if (!list) return unexpected(place.need("calibrators").error());
  HEADROOM_TRY(count, list->size());
  const auto first = count > 0 ? list->item(0) : *list;
  const bool has_temperature = first.value().is(Kind::object) && first.value().callee().text().ends_with("._TemperatureScaling");
  const bool are_texts = std::ranges::all_of(classes, [](const auto& label) { return std::holds_alternative<std::string>(label); });
  Calibrated::Fold fold;
  auto member = read_member(*inner, whole, &classes);
  if (!member && has_temperature && are_texts) {   // then the origin fits on the numbers of the texts
    const auto numbers = encoded(classes.size());
    member = read_member(*inner, whole, &numbers);
  }
  if (!member) return unexpected(member.error());
  fold.member = std::move(*member);
  const bool has_decision = fold.member.has(model::Method::decision_function);
  if (!has_decision && !fold.member.has(model::Method::predict_proba)) return inner->refuse("it has neither decision_function nor predict_proba");
  if (has_temperature) {
    if (fold.member.classes.size() != classes.size()) return inner->refuse("it knows fewer classes than the whole");
    HEADROOM_TRY(beta, real_of(first, "beta_"));
    fold.beta = beta;
    return fold;
  }
  const std::size_t wanted = classes.size() == 2 ? 1 : fold.member.classes.size();
  const bool is_short = classes.size() > 2 && has_decision && fold.member.classes.size() == 2;
  if (count != wanted || is_short) return list->refuse("there are " + std::to_string(count) + " calibrators for " + std::to_string(fold.member.classes.size()) + " classes");
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(calibrator, read_calibrator(list->item(i)));
    fold.calibrators.push_back(std::move(calibrator));
  }
  return fold;
}
}  // namespace

Imported import_calibrated(const Estimator& whole) {
  model::ModelInfo classes;
  HEADROOM_TRY_VOID(describe_classes(whole, classes));
  Calibrated::Spec spec;
  spec.n_classes = classes.classes.size();
  if (spec.n_classes < 2) return whole.place.find("classes_")->refuse("a calibrated classifier of one class");
  HEADROOM_TRY(list, whole.place.need("calibrated_classifiers_"));
  HEADROOM_TRY(count, list.size());
  if (count == 0) return list.refuse("it is empty");
  std::vector<model::Member> shown;
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(fold, read_fold(list.item(i), whole, classes.classes));
    shown.push_back(fold.member);
    spec.folds.push_back(std::move(fold));
  }
  HEADROOM_TRY(width, width_of(whole, shown));
  spec.n_features = width;
  auto model = std::make_shared<Calibrated>(std::move(spec));
  HEADROOM_TRY_VOID(finish_ensemble(whole, std::move(classes), shown, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
