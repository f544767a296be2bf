// MultiOutputClassifier, MultiOutputRegressor, ClassifierChain and RegressorChain.
#include <algorithm>

#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/targets.h"
#include "model/multi_output.h"

namespace headroom::importers {
using formats::Kind;
using model::Method;
using model::ChainLink;

namespace {
/// A model's labels as numbers; refused where they are texts.
Read<std::vector<double>> label_numbers(const std::vector<model::Label>& labels, const Place& place) {
  std::vector<double> numbers;
  for (const auto& label : labels) {
    if (std::holds_alternative<std::string>(label)) return place.refuse("a chain whose labels are texts, which scikit-learn cannot pass on");
    numbers.push_back(std::visit([](const auto& value) -> double { if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>) return static_cast<double>(value); else return 0; }, label));
  }
  return numbers;
}

}  // namespace

Read<model::Member> read_target(const Place& place, const Estimator& whole) {
  HEADROOM_TRY(estimator, as_estimator(place, whole));
  HEADROOM_TRY(compiled, import_estimator(estimator));
  const auto& info = compiled->info();
  const bool predicts = std::ranges::find(info.methods, Method::predict) != info.methods.end();
  const bool is_classifier = info.task == model::Task::classification && !info.classes.empty();
  if (!predicts || (!is_classifier && info.task != model::Task::regression)) return place.refuse("a classifier or regressor of one output was expected here, but it is a " + info.estimator);
  model::Member target;
  for (std::size_t i = 0; i < info.classes.size(); ++i) target.classes.push_back(static_cast<std::uint32_t>(i));
  target.model = std::move(compiled);
  return target;
}

namespace {
Read<std::vector<model::Member>> read_targets(const Estimator& whole) {
  HEADROOM_TRY(list, whole.place.need("estimators_"));
  HEADROOM_TRY(count, list.size());
  if (count == 0) return list.refuse("there is no estimator in it");
  std::vector<model::Member> targets;
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(target, read_target(list.item(i), whole));
    const bool wants_classifiers = whole.name.find("Classifier") != std::string_view::npos;
    if (target.is_classifier() != wants_classifiers) return list.item(i).refuse("a part of another kind than its whole");
    targets.push_back(std::move(target));
  }
  return targets;
}

Read<std::vector<ChainLink>> read_links(const Estimator& chain) {
  HEADROOM_TRY(targets, read_targets(chain));
  std::vector<ChainLink> links;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    HEADROOM_TRY(numbers, label_numbers(targets[i].model->info().classes, chain.place.find("estimators_")->item(i)));
    links.push_back({std::move(targets[i]), std::move(numbers)});
  }
  return links;
}

/// order_: the target of each link.
Read<std::vector<std::size_t>> read_order(const Estimator& chain, std::size_t n) {
  HEADROOM_TRY(place, chain.place.need("order_"));
  HEADROOM_TRY(numbers, place.value().array() != nullptr ? place.numbers() : number_list(place));
  std::vector<std::size_t> order;
  std::vector<bool> seen(n);
  for (const double number : numbers) {
    const bool fits = number >= 0 && number < static_cast<double>(n) && !seen[static_cast<std::size_t>(number)];
    if (!fits) return place.refuse("order_ is no order of the targets");
    seen[static_cast<std::size_t>(number)] = true;
    order.push_back(static_cast<std::size_t>(number));
  }
  if (order.size() != n) return place.refuse("order_ has " + std::to_string(order.size()) + " targets of " + std::to_string(n));
  return order;
}

Read<Method> fed_method(const Estimator& chain) {
  const auto place = chain.place.find("chain_method_");
  if (!place || !place->value().is(Kind::text)) return Method::predict;
  HEADROOM_TRY(name, place->text());
  if (name == "predict") return Method::predict;
  if (name == "predict_proba") return Method::predict_proba;
  if (name == "decision_function") return Method::decision_function;
  return place->refuse("a chain that passes on " + formats::printable(name, 40));
}
}  // namespace

Imported import_multi_output(const Estimator& whole) {
  HEADROOM_TRY(targets, read_targets(whole));
  HEADROOM_TRY(width, width_of(whole, targets));
  const auto shown = targets;
  auto model = std::make_shared<model::MultiOutput>(std::move(targets), width, whole.version < Version{0, 24});
  HEADROOM_TRY_VOID(finish_ensemble(whole, {}, shown, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

Imported import_chain(const Estimator& chain) {
  model::Chain::Spec spec;
  HEADROOM_TRY(links, read_links(chain));
  HEADROOM_TRY(order, read_order(chain, links.size()));
  HEADROOM_TRY(fed, fed_method(chain));
  spec.fed = fed;
  spec.order = std::move(order);
  for (std::size_t i = 0; i < links.size() && spec.n_features == 0; ++i) {   // a DummyClassifier before 1.3 does not tell its width
    const std::size_t taken = links[i].member.model->info().n_features;
    if (taken > i) spec.n_features = taken - i;
  }
  if (spec.n_features == 0) {
    HEADROOM_TRY(width, n_features_of(chain));
    spec.n_features = width;
  }
  spec.methods = {Method::predict};
  const bool is_classifier = chain.name.starts_with("Classifier");
  for (const auto method : {Method::predict_proba, Method::decision_function}) {
    const bool all_have = std::ranges::all_of(links, [&](const auto& link) { return link.member.has(method) && link.labels.size() == 2; });
    if (is_classifier && all_have) spec.methods.push_back(method);
  }
  spec.is_classifier = is_classifier;
  if (std::ranges::find(spec.methods, fed) == spec.methods.end()) return chain.place.refuse("a link of the chain lacks the method that the chain passes on");
  for (std::size_t i = 0; i < links.size(); ++i) {
    const std::size_t taken = links[i].member.model->info().n_features;
    if (taken != 0 && taken != spec.n_features + i) return chain.place.find("estimators_")->item(i).refuse("it does not fit its place in the chain");
  }
  spec.links = std::move(links);
  auto model = std::make_shared<model::Chain>(std::move(spec));
  HEADROOM_TRY_VOID(describe(chain, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
