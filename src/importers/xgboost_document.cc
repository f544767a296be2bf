// A saved XGBoost model, from JSON or UBJSON. Structure: xgboost doc/model.schema, src/gbm/gbtree_model.cc, src/tree/tree_model.cc.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "formats/error.h"
#include "importers/xgboost_document.h"
#include "model/linear_booster.h"

namespace headroom::importers {
using formats::Kind;
using model::BoosterSpec;

namespace {
Read<Version> version_of(const Place& document, std::string& text) {
  HEADROOM_TRY(place, child(document, "version"));
  HEADROOM_TRY(numbers, number_list(place));
  if (numbers.size() < 2 || numbers[0] < 0 || numbers[0] > 1000 || numbers[1] < 0 || numbers[1] > 1000) return place.mismatch("a version [major, minor, patch]");
  for (const double number : numbers) text += (text.empty() ? "" : ".") + std::to_string(static_cast<int>(number));
  return Version{static_cast<int>(numbers[0]), static_cast<int>(numbers[1])};
}

/// "5E-1", or since 3.1 "[1.9E-2,5.1E-3]". Read as float32, as it was written.
Read<std::vector<float>> base_scores(const Place& place) {
  HEADROOM_TRY(text, place.text());
  std::string_view rest = text;
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  std::vector<float> scores;
  while (!rest.empty()) {
    float score = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), score);
    if (error != std::errc{} || !std::isfinite(score)) return place.mismatch("a number, or a list of them");
    scores.push_back(score);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.empty()) break;
    if (rest[0] != ',') return place.mismatch("a number, or a list of them");
    rest.remove_prefix(1);
  }
  if (scores.empty()) return place.mismatch("a number, or a list of them");
  return scores;
}

Read<std::vector<float>> margins(const Place& place, BaseScore kind, std::size_t groups) {
  HEADROOM_TRY(scores, base_scores(place));
  if (scores.size() != 1 && scores.size() != groups) return place.refuse("base_score has " + std::to_string(scores.size()) + " values for " + std::to_string(groups) + " outputs");
  for (float& score : scores) {
    if (kind == BaseScore::logit && !(score > 0 && score < 1)) return place.refuse("base_score must lie between 0 and 1 for this objective");
    if (kind == BaseScore::log && !(score > 0)) return place.refuse("base_score must be above 0 for this objective");
    if (kind == BaseScore::logit) score = -std::log(1.0F / score - 1.0F);
    if (kind == BaseScore::log) score = std::log(score);
  }
  scores.resize(groups, scores[0]);
  return std::move(scores);
}

Read<bool> read_names(const Place& learner, XgboostHead& head) {
  if (const auto names = find_child(learner, "feature_names"); names && names->value().is(Kind::list) && !names->value().items().empty()) {
    HEADROOM_TRY(features, names->names());
    if (features.size() != head.n_features) return names->refuse(std::to_string(features.size()) + " feature names for " + std::to_string(head.n_features) + " features");
    head.features = std::move(features);
  }
  head.is_categorical.resize(head.n_features);
  if (const auto types = find_child(learner, "feature_types"); types && types->value().is(Kind::list) && !types->value().items().empty()) {
    HEADROOM_TRY(texts, types->names());
    if (texts.size() != head.n_features) return types->refuse(std::to_string(texts.size()) + " feature types for " + std::to_string(head.n_features) + " features");
    for (std::size_t i = 0; i < texts.size(); ++i) head.is_categorical[i] = texts[i] == "c";
  }
  return true;
}

Read<XgboostHead> read_head(const Place& document, const XgboostOptions& options) {
  XgboostHead head;
  HEADROOM_TRY(version, version_of(document, head.version_text));
  head.version = version;
  HEADROOM_TRY(learner, child(document, "learner"));
  HEADROOM_TRY(parameters, child(learner, "learner_model_param"));
  HEADROOM_TRY(n_features_place, child(parameters, "num_feature"));
  HEADROOM_TRY(n_features, text_count(n_features_place));
  if (n_features == 0 || n_features > (1U << 24U)) return n_features_place.refuse(std::to_string(n_features) + " features");
  head.n_features = n_features;
  HEADROOM_TRY(classes_place, child(parameters, "num_class"));
  HEADROOM_TRY(classes, text_count(classes_place));
  head.classes = classes;
  if (const auto place = find_child(parameters, "num_target")) {
    HEADROOM_TRY(targets, text_count(*place));
    head.targets = targets;
  }
  head.groups = head.classes > 1 ? head.classes : std::max<std::size_t>(head.targets, 1);
  if (head.groups > 100'000) return classes_place.refuse(std::to_string(head.groups) + " outputs");
  HEADROOM_TRY(objective_place, child(learner, "objective"));
  HEADROOM_TRY(objective_name, child(objective_place, "name"));
  HEADROOM_TRY(objective, xgboost_objective(objective_name, options.role, head.groups));
  head.objective = objective;
  const bool needs_classes = objective.link.link == model::Link::softmax;
  if (needs_classes ? head.classes < 2 : head.classes > 1) return classes_place.refuse("num_class " + std::to_string(head.classes) + " does not go with the objective");
  HEADROOM_TRY(base_place, child(parameters, "base_score"));
  HEADROOM_TRY(base, margins(base_place, objective.base, head.groups));
  head.base = std::move(base);
  head.best_iteration = options.best_iteration;
  if (const auto attributes = find_child(learner, "attributes")) {
    if (const auto best = find_child(*attributes, "best_iteration")) {
      HEADROOM_TRY(iteration, text_count(*best));
      head.best_iteration = iteration;
    }
  }
  HEADROOM_TRY_VOID(read_names(learner, head));
  return head;
}

/// num_trees, where it is stored, must count the trees that there are.
Read<bool> check_count(const Place& model, std::size_t n_trees) {
  const auto parameters = find_child(model, "gbtree_model_param");
  const auto place = parameters ? find_child(*parameters, "num_trees") : std::nullopt;
  if (!place) return true;
  HEADROOM_TRY(count, text_count(*place));
  if (count != n_trees) return place->refuse("there are " + std::to_string(n_trees) + " trees, not " + std::to_string(count));
  return true;
}

/// The first tree of each iteration and, behind the last, the number of trees: since 2.0.
Read<std::vector<double>> iteration_bounds(const Place& place, std::size_t n_trees) {
  HEADROOM_TRY(bounds, number_list(place));
  const bool is_whole = std::ranges::all_of(bounds, [](double bound) { return bound == std::floor(bound); });
  if (bounds.empty() || bounds.front() != 0 || bounds.back() != static_cast<double>(n_trees) || !is_whole || !std::ranges::is_sorted(bounds)) {
    return place.refuse("it does not divide the " + std::to_string(n_trees) + " trees into iterations");
  }
  return std::move(bounds);
}

/// How many trees count: all, or those up to the best iteration.
Read<std::size_t> trees_used(const Place& model, const XgboostHead& head, std::size_t n_trees) {
  const auto bounds_place = find_child(model, "iteration_indptr");
  std::vector<double> bounds;
  if (bounds_place) {
    HEADROOM_TRY(found, iteration_bounds(*bounds_place, n_trees));
    bounds = std::move(found);
  }
  if (!head.best_iteration) return n_trees;
  const std::size_t iterations = *head.best_iteration + 1;
  if (bounds_place) return iterations < bounds.size() ? static_cast<std::size_t>(bounds[iterations]) : n_trees;
  HEADROOM_TRY(parameters, child(model, "gbtree_model_param"));
  std::size_t parallel = 1;
  if (const auto place = find_child(parameters, "num_parallel_tree")) {
    HEADROOM_TRY(count, text_count(*place));
    parallel = std::max<std::size_t>(count, 1);
  }
  const std::size_t layer = parallel * head.groups;
  return iterations >= n_trees / layer ? n_trees : iterations * layer;
}

/// As the trees' lists say it, so that nothing is left over.
std::size_t count_nodes(const Place& trees, std::size_t used) {
  std::size_t nodes = 0;
  for (std::size_t i = 0; i < used; ++i) {
    const auto* left = trees.item(i).value().find("left_children");
    if (left != nullptr) nodes += list_size(*left);
  }
  return nodes;
}

Read<model::CompiledPtr> import_trees(const Place& booster, const XgboostHead& head, const Estimator& estimator, XgboostOptions& options) {
  const auto inner = find_child(booster, "gbtree");
  HEADROOM_TRY(model, child(inner ? *inner : booster, "model"));
  HEADROOM_TRY(trees, child(model, "trees"));
  HEADROOM_TRY(n_trees, trees.size());
  HEADROOM_TRY_VOID(check_count(model, n_trees));
  HEADROOM_TRY(info_place, child(model, "tree_info"));
  HEADROOM_TRY(groups, number_list(info_place, n_trees));
  std::vector<double> weights;
  auto weights_place = find_child(booster, "weight_drop");
  if (!weights_place) weights_place = find_child(model, "weight_drop");
  if (weights_place) {
    HEADROOM_TRY(found, number_list(*weights_place));
    if (found.size() != n_trees && !found.empty()) return weights_place->refuse("there are " + std::to_string(found.size()) + " weights for " + std::to_string(n_trees) + " trees");
    weights = std::move(found);
  }
  HEADROOM_TRY(used, trees_used(model, head, n_trees));
  XgboostTrees reader(head, estimator);
  const auto read = [&](std::size_t i) { return reader.read(trees.item(i), groups[i], weights.empty() ? 1.0F : static_cast<float>(weights[i]), !weights.empty()); };
  if (used > 0) HEADROOM_TRY_VOID(read(0));   // it tells the width of all
  BoosterSpec spec;
  spec.precision = model::Precision::f32;
  spec.n_features = head.n_features;
  spec.width = std::max<std::size_t>(reader.width(), 1);
  spec.base.assign(head.base.begin(), head.base.end());
  spec.link = head.objective.link;
  spec.inputs.missing = options.missing;
  model::Booster::Builder builder(std::move(spec));
  builder.reserve(used, count_nodes(trees, used));
  if (used > 0) builder.add(reader.tree());
  for (std::size_t i = 1; i < used; ++i) {
    HEADROOM_TRY_VOID(read(i));
    builder.add(reader.tree());
  }
  builder.inputs().inputs = reader.inputs.take();
  HEADROOM_TRY_VOID(read_categories(model, head, builder.inputs()));
  options.file.reset();
  return model::CompiledPtr(builder.build());
}

Read<model::CompiledPtr> import_linear(const Place& booster, const XgboostHead& head, const XgboostOptions& options) {
  HEADROOM_TRY(model, child(booster, "model"));
  HEADROOM_TRY(weights_place, child(model, "weights"));
  HEADROOM_TRY(weights, number_list(weights_place, (head.n_features + 1) * head.groups));
  model::LinearBooster::Spec spec;
  spec.n_features = head.n_features;
  spec.missing = static_cast<float>(options.missing);
  spec.link = head.objective.link;
  spec.weights.assign(weights.begin(), weights.end() - static_cast<std::ptrdiff_t>(head.groups));
  for (std::size_t k = 0; k < head.groups; ++k) spec.bias.push_back(static_cast<float>(weights[head.n_features * head.groups + k]) + head.base[0]);   // all groups take the first base score
  return model::CompiledPtr(std::make_shared<model::LinearBooster>(std::move(spec)));
}
}  // namespace

Imported import_xgboost_document(const Place& document, const Estimator& estimator, XgboostOptions options) {
  HEADROOM_TRY(head, read_head(document, options));
  HEADROOM_TRY(learner, child(document, "learner"));
  HEADROOM_TRY(booster, child(learner, "gradient_booster"));
  HEADROOM_TRY(name_place, child(booster, "name"));
  HEADROOM_TRY(name, name_place.text());
  if (name != "gbtree" && name != "dart" && name != "gblinear") return name_place.refuse("the booster " + formats::printable(name, 40) + " is not known");
  auto imported = name == "gblinear" ? import_linear(booster, head, options) : import_trees(booster, head, estimator, options);
  if (!imported) return unexpected(imported.error());
  model::ModelInfo& info = (*imported)->edit_info();
  info.library = "XGBoost";
  info.library_version = head.version_text;
  info.estimator = std::string(estimator.name);
  info.features = head.features;
  info.tree.estimator = info.estimator;
  HEADROOM_TRY(objective, child(learner, "objective"));
  info.tree.parameters = {{"booster", "'" + name + "'"}, {"objective", "'" + std::string(objective.value().find("name")->text()) + "'"}};
  if (!head.objective.link.is_classifier()) return std::move(*imported);
  const std::size_t n_classes = head.objective.link.columns(head.groups);
  for (std::size_t k = 0; k < n_classes; ++k) info.classes.emplace_back(static_cast<std::int64_t>(k));
  // Booster.predict gives class numbers of hinge and softmax as float32.
  const bool is_number = options.role == XgboostRole::native && (head.objective.link.link == model::Link::step || head.objective.link.choice == model::Choice::largest_score);
  info.classes_dtype = is_number ? "<f4" : "<i8";
  return std::move(*imported);
}
}  // namespace headroom::importers
