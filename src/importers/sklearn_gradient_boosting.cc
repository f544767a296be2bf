// GradientBoostingClassifier and GradientBoostingRegressor.
#include <cmath>

#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/matrix.h"
#include "importers/numpy_era.h"
#include "importers/sklearn_tree.h"
#include "model/sums.h"

namespace headroom::importers {
using formats::Kind;
using model::BoosterSpec;
using model::BoosterTree;
using model::Choice;
using model::Link;

namespace {
/// What scipy's gmean and MultinomialLogit make of probabilities (1.4 and later).
std::vector<double> symmetric_log(const std::vector<double>& p, Version version) {
  std::vector<double> logs;
  for (const double value : p) logs.push_back(model::numpy_log(value, log_of(version)));
  const double mean = model::numpy_exp(model::numpy_sum(logs) / static_cast<double>(p.size()), exp_of(version));
  std::vector<double> out;
  for (const double value : p) out.push_back(model::numpy_log(value / mean, log_of(version)));
  return out;
}

/// numpy's logit up to 1.3, then scipy.special.logit, which from 1.15 on (that came with scikit-learn 1.6) is exact near a half.
double logit(double p, Version version) {
  if (version < Version{1, 4}) return model::numpy_log(p / (1.0 - p), log_of(version));
  if (version < Version{1, 6} || p < 0.3 || p > 0.65) return std::log(p / (1.0 - p));
  const double s = 2 * (p - 0.5);
  return std::log1p(s) - std::log1p(-s);
}

/// The probabilities that a DummyClassifier gives every row.
Read<std::vector<double>> dummy_probabilities(const Place& init, std::size_t n_classes) {
  HEADROOM_TRY(strategy_place, init.need("strategy"));
  HEADROOM_TRY(strategy, strategy_place.text());
  HEADROOM_TRY(prior_place, init.need("class_prior_"));
  HEADROOM_TRY(prior, prior_place.numbers({n_classes}));
  std::vector<double> p(n_classes);
  if (strategy == "prior") {
    p = prior;
  } else if (strategy == "most_frequent") {
    p[model::argmax(prior)] = 1;
  } else if (strategy == "uniform") {
    for (double& value : p) value = 1.0 / static_cast<double>(n_classes);
  } else {
    return strategy_place.refuse("init_ is a DummyClassifier with the strategy '" + formats::printable(strategy, 40) + "'");
  }
  return p;
}

/// Raw scores before the first tree: get_init_raw_predictions (up to 1.3), _init_raw_predictions.
Read<std::vector<double>> initial_scores(const Estimator& boosting, std::size_t n_scores, std::size_t n_classes) {
  HEADROOM_TRY(init, boosting.place.need("init_"));
  if (init.value().is(Kind::text) && init.value().text() == "zero") return std::vector<double>(n_scores, 0.0);
  if (!init.value().is(Kind::object)) return init.mismatch("an estimator, or 'zero'");
  const auto type = init.value().callee().text();
  if (type.ends_with(".DummyRegressor") && n_classes == 0) {
    HEADROOM_TRY(constant, init.need("constant_"));
    HEADROOM_TRY(values, constant.numbers());
    if (values.size() != 1) return constant.mismatch("one number");
    return std::move(values);
  }
  // Before 0.21 it had start values of its own: mean, quantile, log odds (of the exponential loss halved), shares, nothing.
  constexpr std::pair<std::string_view, std::string_view> kOlder[] = {
      {".MeanEstimator", "mean"}, {".QuantileEstimator", "quantile"}, {".LogOddsEstimator", "prior"}, {".ScaledLogOddsEstimator", "prior"}, {".PriorProbabilityEstimator", "priors"}};
  if (type.ends_with(".ensemble.gradient_boosting.ZeroEstimator")) return std::vector<double>(n_scores, 0.0);
  for (const auto& [name, attribute] : kOlder) {
    if (!type.ends_with(std::string(".ensemble.gradient_boosting") + std::string(name))) continue;
    HEADROOM_TRY(place, init.need(attribute));
    return n_scores == 1 ? spread(place, 1) : place.numbers({n_scores});
  }
  if (!type.ends_with(".DummyClassifier") || n_classes == 0) {
    return init.refuse("a boosting that starts from " + formats::describe(init.value()) + " is not served: it would be asked in float32");
  }
  HEADROOM_TRY(p, dummy_probabilities(init, n_classes));
  const double eps = boosting.version < Version{1, 8} ? std::ldexp(1.0, -23) : std::ldexp(1.0, -52);
  for (double& value : p) value = std::fmin(std::fmax(value, eps), 1.0 - eps);
  const auto loss = boosting.place.find("loss");
  const bool is_exponential = loss && loss->value().is(Kind::text) && loss->value().text() == "exponential";
  if (n_scores > 1) {
    if (boosting.version >= Version{1, 4}) return symmetric_log(p, boosting.version);
    for (double& value : p) value = model::numpy_log(value, log_of(boosting.version));
    return std::move(p);
  }
  const double score = logit(p[1], boosting.version);
  return std::vector<double>{is_exponential ? 0.5 * score : score};
}

Read<model::ScoreLink> link_of(const Estimator& boosting, std::size_t n_scores) {
  model::ScoreLink link;
  HEADROOM_TRY(loss_place, boosting.place.need("loss"));
  HEADROOM_TRY(loss, loss_place.text());
  if (loss != "deviance" && loss != "log_loss" && loss != "exponential") return loss_place.refuse("the loss '" + formats::printable(loss, 40) + "' is not known");
  const bool is_exponential = loss == "exponential";
  const bool is_old = boosting.version < Version{1, 4};
  if (n_scores > 1) {
    if (is_exponential) return loss_place.refuse("the exponential loss with more than two classes");
    link.answer = model::Answer::classes;
    link.link = is_old ? Link::log_softmax : Link::softmax;
    link.exp = exp_of(boosting.version);
    link.log = log_of(boosting.version);
    link.choice = is_old ? Choice::largest_probability : Choice::largest_score;
    return link;
  }
  link.answer = model::Answer::two_classes;
  link.link = Link::logistic;
  link.slope = is_exponential ? 2 : 1;
  link.choice = is_old && !is_exponential ? Choice::largest_probability : Choice::zero_or_more;
  return link;
}

/// A tree of scikit-learn as one of a booster: each leaf times the learning rate.
BoosterTree booster_tree(const model::TreeSpec& tree, double rate, std::uint32_t group, InputSet& inputs) {
  BoosterTree out;
  out.left = tree.left;
  out.right = tree.right;
  out.group = group;
  out.missing_left.assign(tree.left.size(), 0);
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    const bool is_leaf = tree.left[i] < 0;
    out.feature.push_back(is_leaf ? 0 : inputs.index_of(static_cast<std::uint32_t>(tree.feature[i]), model::InputKind::number));
    out.threshold.push_back(static_cast<double>(model::lower_threshold(tree.threshold[i])));
    out.values.push_back(rate * tree.values[i]);
  }
  return out;
}

Read<double> learning_rate(const Estimator& boosting) {
  HEADROOM_TRY(place, boosting.place.need("learning_rate"));
  HEADROOM_TRY(rate, text_number(place));
  if (!std::isfinite(rate)) return place.refuse("the learning rate is not finite");
  return rate;
}
}  // namespace

Imported import_gradient_boosting(const Estimator& boosting) {
  model::ModelInfo classes;
  const bool is_classifier = boosting.name.ends_with("Classifier");
  if (is_classifier) HEADROOM_TRY_VOID(describe_classes(boosting, classes));
  const std::size_t n_classes = classes.classes.size();
  HEADROOM_TRY(trees, boosting.place.need("estimators_"));
  const auto* array = trees.value().array();
  if (array == nullptr || array->dtype.kind != 'O' || array->shape.size() != 2) return trees.mismatch("an array of trees");
  const std::size_t n_scores = n_classes > 2 ? n_classes : 1;
  if (array->shape[0] == 0 || array->shape[1] != n_scores) return trees.refuse("estimators_ does not have " + std::to_string(n_scores) + " trees an iteration");
  if (is_classifier && n_classes < 2) return boosting.place.find("classes_")->refuse("a gradient boosting of one class");
  BoosterSpec spec;
  spec.precision = model::Precision::f32_sum64;
  spec.finite_only = true;
  HEADROOM_TRY(n_features, n_features_of(boosting));
  spec.n_features = n_features;
  HEADROOM_TRY(base, initial_scores(boosting, n_scores, n_classes));
  spec.base = std::move(base);
  if (is_classifier) {
    HEADROOM_TRY(link, link_of(boosting, n_scores));
    spec.link = link;
  } else {
    spec.link.has_decision = false;
  }
  HEADROOM_TRY(rate, learning_rate(boosting));
  InputSet inputs;
  std::vector<BoosterTree> read;
  model::ForestSpec shape;
  shape.task = model::Task::regression;
  shape.n_features = n_features;
  shape.width = 1;
  for (std::size_t i = 0; i < array->count(); ++i) {
    const auto place = trees.item(i);
    HEADROOM_TRY(tree, as_estimator(place, boosting));
    if (tree.name != "DecisionTreeRegressor") return place.mismatch("a DecisionTreeRegressor");
    HEADROOM_TRY(description, read_tree(tree, shape));
    read.push_back(booster_tree(description, rate, static_cast<std::uint32_t>(i % n_scores), inputs));
  }
  spec.inputs.inputs = inputs.take();
  model::Booster::Builder builder(std::move(spec));
  for (const auto& tree : read) builder.add(tree);
  auto model = builder.build();
  model->edit_info().classes = std::move(classes.classes);
  model->edit_info().classes_dtype = std::move(classes.classes_dtype);
  HEADROOM_TRY_VOID(describe(boosting, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
