// KNeighborsClassifier and -Regressor, RadiusNeighborsClassifier and -Regressor.
#include "model/neighbors.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"

namespace headroom::importers {
using formats::Kind;
using model::Distance;
using Spec = model::Neighbors::Spec;

namespace {
constexpr std::pair<std::string_view, Distance::Kind> kMetrics[] = {
    {"euclidean", Distance::Kind::euclidean},   {"l2", Distance::Kind::euclidean},          {"sqeuclidean", Distance::Kind::sqeuclidean},
    {"manhattan", Distance::Kind::manhattan},   {"cityblock", Distance::Kind::manhattan},   {"l1", Distance::Kind::manhattan},
    {"chebyshev", Distance::Kind::chebyshev},   {"infinity", Distance::Kind::chebyshev},    {"minkowski", Distance::Kind::minkowski},
    {"p", Distance::Kind::minkowski},           {"cosine", Distance::Kind::cosine},         {"correlation", Distance::Kind::correlation},
    {"hamming", Distance::Kind::hamming},       {"canberra", Distance::Kind::canberra},     {"braycurtis", Distance::Kind::braycurtis},
    {"haversine", Distance::Kind::haversine},   {"seuclidean", Distance::Kind::seuclidean}, {"mahalanobis", Distance::Kind::mahalanobis},
};

/// An entry of effective_metric_params_ that is not None.
std::optional<Place> metric_parameter(const Place& parameters, std::string_view name) {
  const auto* found = parameters.value().find(name);
  if (found == nullptr || found->is(Kind::none)) return std::nullopt;
  return Place(*found, parameters.path() + "['" + std::string(name) + "']");
}

Read<bool> read_parameters(const Place& parameters, const Estimator& estimator, std::size_t n, Distance& distance) {
  const auto p = metric_parameter(parameters, "p");
  if (distance.kind == Distance::Kind::minkowski && p) {
    HEADROOM_TRY(number, number_of(*p));
    if (!(number > 0)) return p->refuse("p must be above 0");
    if (std::isinf(number)) distance.kind = Distance::Kind::chebyshev;
    distance.p = number;
  }
  const bool is_standard = distance.kind == Distance::Kind::seuclidean;
  if (const auto w = metric_parameter(parameters, "w")) {
    // Before 1.0 minkowski's and wminkowski's weights were raised to p.
    if (distance.kind != Distance::Kind::minkowski || estimator.version < Version{1, 0}) return w->refuse("this metric with weights is not served");
    HEADROOM_TRY(weights, w->numbers({n}));
    distance.weights = std::move(weights);
  } else if (is_standard || distance.kind == Distance::Kind::mahalanobis) {
    const auto place = metric_parameter(parameters, is_standard ? "V" : "VI");
    if (!place) return parameters.refuse(std::string("the metric's parameter ") + (is_standard ? "V" : "VI") + " is not stored");
    HEADROOM_TRY(weights, is_standard ? place->numbers({n}) : place->numbers({n, n}));
    distance.weights = std::move(weights);
  }
  return true;
}

Read<Distance> distance_of(const Estimator& estimator, std::size_t n_features) {
  HEADROOM_TRY(place, estimator.place.need("effective_metric_"));
  if (!place.value().is(Kind::text)) return place.refuse("a metric that is " + formats::describe(place.value()) + " cannot be served: it is code");
  Distance distance;
  bool is_known = false;
  for (const auto& [name, kind] : kMetrics) {
    if (name != place.value().text()) continue;
    distance.kind = kind;
    is_known = true;
  }
  if (!is_known) return place.refuse("the metric '" + formats::printable(place.value().text(), 40) + "' is not served");
  if (distance.kind == Distance::Kind::haversine && n_features != 2) return place.refuse("haversine takes 2 features");
  const auto method = estimator.place.find("_fit_method");
  if (distance.kind == Distance::Kind::braycurtis && estimator.version < Version{1, 1} && method && method->value().text() == "brute") {
    return place.refuse("braycurtis by brute force before scikit-learn 1.1 is not served: it depends on the release of scipy");
  }
  HEADROOM_TRY(parameters, estimator.place.need("effective_metric_params_"));
  HEADROOM_TRY_VOID(read_parameters(parameters, estimator, n_features, distance));
  return distance;
}

Read<bool> read_how_many(const Estimator& estimator, std::size_t count, Spec& spec) {
  if (estimator.name.starts_with("Radius")) {
    HEADROOM_TRY(place, estimator.place.need("radius"));
    HEADROOM_TRY(radius, number_of(place));
    spec.radius = radius;
    return true;
  }
  HEADROOM_TRY(place, estimator.place.need("n_neighbors"));
  HEADROOM_TRY(k, place.count());
  if (k == 0 || k > count) return place.refuse("n_neighbors is " + std::to_string(k) + " of " + std::to_string(count) + " training rows");
  spec.k = k;
  return true;
}

Read<bool> read_weights(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("weights"));
  if (place.is_none()) return true;
  if (!place.value().is(Kind::text)) return place.refuse("weights that are " + formats::describe(place.value()) + " cannot be served: they are code");
  const auto word = place.value().text();
  if (word != "uniform" && word != "distance") return place.refuse("weights '" + formats::printable(word, 40) + "' are not known");
  spec.by_distance = word == "distance";
  return true;
}

/// The KDTree or BallTree that scikit-learn searches. Here all rows are searched, but a model whose tree scikit-learn could not use is
/// not served as if it could. Its state: sklearn/neighbors/_binary_tree.pxi.tp, __getstate__.
Read<bool> check_search_tree(const Place& tree, std::size_t n) {
  const Place state(tree.value().state(), tree.path());
  constexpr std::size_t kIndexes = 1, kNodes = 2, kLeast = 12;
  if (!state.value().is(Kind::tuple) || state.value().items().size() < kLeast) return tree.mismatch("a KDTree or BallTree");
  const Place indexes_place(state.item(kIndexes).value(), tree.path() + ".idx_array");
  HEADROOM_TRY(indexes, indexes_of(indexes_place, n));
  std::vector<bool> seen(n);
  for (const auto index : indexes) seen[index] = true;
  if (indexes.size() != n || !std::ranges::all_of(seen, std::identity{})) return indexes_place.refuse("it is no order of the " + std::to_string(n) + " training rows");
  const Place nodes_place(state.item(kNodes).value(), tree.path() + ".node_data");
  HEADROOM_TRY(nodes, nodes_place.array());
  const auto* start = nodes->dtype.field("idx_start");
  const auto* end = nodes->dtype.field("idx_end");
  if (start == nullptr || end == nullptr || !start->type.is_numeric() || !end->type.is_numeric()) return nodes_place.mismatch("an array of tree nodes");
  for (std::size_t i = 0; i < nodes->count(); ++i) {
    const auto first = formats::read_int(start->type, nodes->element(i) + start->offset);
    const auto last = formats::read_int(end->type, nodes->element(i) + end->offset);
    if (first < 0 || last < first || static_cast<std::uint64_t>(last) > n) return nodes_place.refuse("node " + std::to_string(i) + " holds the rows " + std::to_string(first) + " to " + std::to_string(last) + " of " + std::to_string(n));
  }
  return true;
}

/// Rows, metric, weights: what classifiers and regressors share.
Read<Spec> spec_of(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY(place, estimator.place.need("_fit_X"));
  HEADROOM_TRY(rows, matrix_of(place, estimator));
  if (rows.rows == 0 || rows.columns == 0 || rows.rows > std::numeric_limits<std::uint32_t>::max()) return place.refuse(std::to_string(rows.rows) + " training rows");
  HEADROOM_TRY_VOID(check_width(estimator, rows.columns, "_fit_X"));
  if (const auto tree = estimator.place.find("_tree"); tree && !tree->is_none()) HEADROOM_TRY_VOID(check_search_tree(*tree, rows.rows));
  spec.n_features = rows.columns;
  spec.rows = std::move(rows.values);
  HEADROOM_TRY(distance, distance_of(estimator, rows.columns));
  spec.distance = std::move(distance);
  HEADROOM_TRY_VOID(read_how_many(estimator, rows.rows, spec));
  HEADROOM_TRY_VOID(read_weights(estimator, spec));
  return spec;
}

/// classes_: one array, or a list of them, one an output.
Read<bool> read_classes(const Estimator& estimator, model::ModelInfo& info, Spec& spec) {
  HEADROOM_TRY(several_place, estimator.place.need("outputs_2d_"));
  HEADROOM_TRY(several, several_place.boolean());
  if (!several) {
    HEADROOM_TRY_VOID(describe_classes(estimator, info));
    spec.classes = {info.classes.size()};
    return true;
  }
  HEADROOM_TRY(list, estimator.place.need("classes_"));
  HEADROOM_TRY(n_outputs, list.size());
  for (std::size_t o = 0; o < n_outputs; ++o) {
    HEADROOM_TRY(labels, list.item(o).labels());
    if (labels.empty()) return list.item(o).refuse("an output without classes");
    spec.classes.push_back(labels.size());
    info.output_classes.push_back({std::move(labels), list.item(o).value().array()->dtype.descr()});
  }
  if (n_outputs == 0) return list.refuse("classes_ is empty");
  spec.outputs = n_outputs;
  return true;
}

/// _y of a classifier: the index of each training row's class.
Read<bool> read_labels(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("_y"));
  HEADROOM_TRY(array, place.array());
  const std::size_t count = spec.rows.size() / spec.n_features;
  const bool is_whole = array->dtype.kind == 'i' || array->dtype.kind == 'u';
  if (!is_whole || array->shape.empty() || array->shape[0] != count || array->count() != count * spec.outputs) return place.mismatch("an array with the class of each training row");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(std::size_t)));
  for (std::size_t i = 0; i < count * spec.outputs; ++i) {
    const auto label = formats::read_int(array->dtype, array->element(i));
    if (label < 0 || static_cast<std::size_t>(label) >= spec.classes[i % spec.outputs]) return place.refuse("element " + std::to_string(i) + " is no index into classes_");
    spec.labels.push_back(static_cast<std::size_t>(label));
  }
  return true;
}

/// outlier_label_ of a radius classifier: None, or one label for each output, which must be a class.
Read<bool> read_outlier(const Estimator& estimator, const model::ModelInfo& info, Spec& spec) {
  if (!estimator.name.starts_with("Radius")) return true;
  const bool is_old = estimator.version < Version{0, 22} && !estimator.place.find("outlier_label_");   // then as it was asked for
  HEADROOM_TRY(place, estimator.place.need(is_old ? "outlier_label" : "outlier_label_"));
  if (place.is_none()) return true;
  if (!info.output_classes.empty()) return place.refuse("an outlier label for several outputs is not served");
  std::vector<model::Label> wanted;
  if (place.value().array() != nullptr) {
    HEADROOM_TRY(labels, place.labels());
    wanted = std::move(labels);
  } else if (place.value().is(Kind::integer)) {
    wanted = {place.value().integer()};
  } else if (place.value().is(Kind::text)) {
    wanted = {std::string(place.value().text())};
  } else {
    HEADROOM_TRY(size, place.size());
    if (size == 1 && place.item(0).value().is(Kind::integer)) wanted = {place.item(0).value().integer()};
    if (size == 1 && place.item(0).value().is(Kind::text)) wanted = {std::string(place.item(0).value().text())};
  }
  for (std::size_t c = 0; c < info.classes.size() && wanted.size() == 1; ++c) {
    if (info.classes[c] == wanted[0]) spec.outlier = {c};
  }
  if (spec.outlier.empty()) return place.refuse("an outlier label that is none of classes_ is not served");
  return true;
}
}  // namespace

Imported import_neighbors_classifier(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY(spec, spec_of(estimator));
  HEADROOM_TRY_VOID(read_classes(estimator, classes, spec));
  HEADROOM_TRY_VOID(read_labels(estimator, spec));
  HEADROOM_TRY_VOID(read_outlier(estimator, classes, spec));
  spec.refuse_weightless = estimator.version >= Version{1, 3} && spec.k > 0;
  return finish(estimator, std::make_shared<model::Neighbors>(std::move(spec)), std::move(classes));
}

Imported import_neighbors_regressor(const Estimator& estimator) {
  HEADROOM_TRY(spec, spec_of(estimator));
  const std::size_t count = spec.rows.size() / spec.n_features;
  HEADROOM_TRY(place, estimator.place.need("_y"));
  HEADROOM_TRY(array, place.array());
  if (array->shape.empty() || array->shape.size() > 2 || array->shape[0] != count || array->count() == 0) return place.mismatch("an array with the target of each training row");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(double)));
  HEADROOM_TRY(targets, place.numbers());
  spec.outputs = array->shape.size() == 2 ? array->shape[1] : 1;
  spec.targets = std::move(targets);
  // NaN, as it comes out of an array of the targets' type.
  spec.lonely = array->dtype.kind == 'f' ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(std::numeric_limits<std::int64_t>::min());
  return finish(estimator, std::make_shared<model::Neighbors>(std::move(spec)));
}
}  // namespace headroom::importers
