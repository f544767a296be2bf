// StackingClassifier and StackingRegressor.
#include "formats/error.h"
#include "importers/members.h"
#include "model/stacking.h"

namespace headroom::importers {
using formats::Kind;
using model::Method;
using model::Stacking;

namespace {
Read<Method> method_of(const Place& place) {
  HEADROOM_TRY(name, place.text());
  if (name == "predict") return Method::predict;
  if (name == "predict_proba") return Method::predict_proba;
  if (name == "decision_function") return Method::decision_function;
  return place.refuse("the method " + formats::printable(name, 40) + " is not known");
}

Read<std::vector<Stacking::Part>> read_parts(const Estimator& stacking, const std::vector<model::Label>* labels) {
  HEADROOM_TRY(list, stacking.place.need("estimators_"));
  HEADROOM_TRY(members, read_members(list, stacking, labels));
  HEADROOM_TRY(methods, stacking.place.need("stack_method_"));
  HEADROOM_TRY(n_methods, methods.size());
  if (n_methods != members.size()) return methods.refuse("there are " + std::to_string(n_methods) + " methods for " + std::to_string(members.size()) + " estimators");
  std::vector<Stacking::Part> parts;
  for (std::size_t i = 0; i < members.size(); ++i) {
    HEADROOM_TRY(method, method_of(methods.item(i)));
    if (!members[i].has(method)) return methods.item(i).refuse(members[i].model->info().estimator + " does not have it");
    const bool is_two = labels != nullptr && labels->size() == 2;
    if (labels != nullptr && method != Method::predict && members[i].classes.size() != labels->size()) return list.item(i).refuse("it knows fewer classes than the stack");
    parts.push_back({std::move(members[i]), method, is_two && method == Method::predict_proba});
  }
  return parts;
}
}  // namespace

Imported import_stacking(const Estimator& stacking) {
  model::ModelInfo classes;
  const bool is_classifier = stacking.name.ends_with("Classifier");
  if (is_classifier) HEADROOM_TRY_VOID(describe_classes(stacking, classes));
  const auto labels = encoded(classes.classes.size());
  Stacking::Spec spec;
  HEADROOM_TRY(parts, read_parts(stacking, is_classifier ? &labels : nullptr));
  HEADROOM_TRY(last_place, stacking.place.need("final_estimator_"));
  HEADROOM_TRY(last, read_member(last_place, stacking, is_classifier ? &labels : nullptr));
  if (is_classifier && last.classes.size() != labels.size()) return last_place.refuse("it knows fewer classes than the stack");
  HEADROOM_TRY(passthrough, stacking.place.need("passthrough"));
  HEADROOM_TRY(passes, passthrough.boolean());
  spec.passthrough = passes;
  std::vector<model::Member> shown;
  for (const auto& part : parts) shown.push_back(part.member);
  HEADROOM_TRY(width, width_of(stacking, shown));
  spec.n_features = width;
  std::size_t reached = passes ? width : 0;
  for (const auto& part : parts) reached += Stacking::width_of(part);
  if (reached != last.model->info().n_features && last.model->info().n_features > 0) return last_place.refuse("it takes " + std::to_string(last.model->info().n_features) + " features, but is given " + std::to_string(reached));
  spec.parts = std::move(parts);
  spec.last = std::move(last);
  auto model = std::make_shared<Stacking>(std::move(spec));
  HEADROOM_TRY_VOID(finish_ensemble(stacking, std::move(classes), shown, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
