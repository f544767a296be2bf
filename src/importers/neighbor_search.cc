#include "importers/neighbor_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>

#include "formats/error.h"
#include "importers/matrix.h"
#include "importers/numpy_era.h"

namespace headroom::importers {
using formats::Kind;
using model::Distance;

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

/// idx_array, which must name each of the n training rows once.
Read<std::vector<std::uint32_t>> order_of(const Place& place, std::size_t n) {
  HEADROOM_TRY(indexes, indexes_of(place, n));
  std::vector<bool> seen(n);
  for (const auto index : indexes) seen[index] = true;
  if (indexes.size() != n || !std::ranges::all_of(seen, std::identity{})) return place.refuse("it is no order of the " + std::to_string(n) + " training rows");
  return std::vector<std::uint32_t>(indexes.begin(), indexes.end());
}

/// node_data: ranges of rows. Of the nodes that a walk can reach, each that is no leaf has two halves in the array, and the leaves hold no more
/// rows than there are, so that no walk is longer than looking at all of them.
Read<std::vector<model::NeighborTree::Node>> nodes_of(const Place& place, const Estimator& estimator, std::size_t n) {
  HEADROOM_TRY(array, place.array());
  HEADROOM_TRY_VOID(spend(estimator, array->count() * (sizeof(model::NeighborTree::Node) + 1)));
  const auto& type = array->dtype;
  const formats::DType::Field* fields[] = {type.field("idx_start"), type.field("idx_end"), type.field("is_leaf"), type.field("radius")};
  if (!std::ranges::all_of(fields, [](const auto* field) { return field != nullptr && field->type.is_numeric(); }) || array->count() == 0) return place.mismatch("an array of tree nodes");
  std::vector<model::NeighborTree::Node> nodes;
  std::vector<bool> is_reached(array->count());
  is_reached[0] = true;
  std::size_t held = 0;
  for (std::size_t i = 0; i < array->count(); ++i) {
    const auto number = [&](std::size_t which) { return formats::read_double(fields[which]->type, array->element(i) + fields[which]->offset); };
    const auto first = formats::read_int(fields[0]->type, array->element(i) + fields[0]->offset);
    const auto last = formats::read_int(fields[1]->type, array->element(i) + fields[1]->offset);
    if (first < 0 || last < first || static_cast<std::uint64_t>(last) > n) return place.refuse("node " + std::to_string(i) + " holds the rows " + std::to_string(first) + " to " + std::to_string(last) + " of " + std::to_string(n));
    const bool is_leaf = number(2) != 0;
    if (is_reached[i] && is_leaf) held += static_cast<std::size_t>(last - first);
    if (held > n) return place.refuse("its leaves hold more rows than the " + std::to_string(n) + " of the training");
    if (is_reached[i] && !is_leaf && 2 * i + 2 >= array->count()) return place.refuse("node " + std::to_string(i) + " is no leaf, but its halves are not among the " + std::to_string(array->count()) + " nodes");
    if (is_reached[i] && !is_leaf) is_reached[2 * i + 1] = is_reached[2 * i + 2] = true;
    nodes.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last), is_leaf, number(3)});
  }
  return nodes;
}

/// The KDTree or BallTree that scikit-learn searches. Its state: sklearn/neighbors/_binary_tree.pxi.tp, __getstate__.
Read<bool> read_tree(const Place& tree, const Estimator& estimator, model::NeighborSearch& search) {
  const Place state(tree.value().state(), tree.path());
  constexpr std::size_t kIndexes = 1, kNodes = 2, kBounds = 3, kLeast = 12;
  if (!state.value().is(Kind::tuple) || state.value().items().size() < kLeast) return tree.mismatch("a KDTree or BallTree");
  const std::size_t n = search.count();
  HEADROOM_TRY_VOID(spend(estimator, n * (sizeof(std::uint32_t) + sizeof(std::size_t))));
  HEADROOM_TRY(order, order_of(Place(state.item(kIndexes).value(), tree.path() + ".idx_array"), n));
  const Place nodes_place(state.item(kNodes).value(), tree.path() + ".node_data");
  HEADROOM_TRY(nodes, nodes_of(nodes_place, estimator, n));
  const Place bounds_place(state.item(kBounds).value(), tree.path() + ".node_bounds");
  HEADROOM_TRY(bounds, bounds_place.array());
  if (bounds->shape.size() != 3 || (bounds->shape[0] != 1 && bounds->shape[0] != 2)) return bounds_place.mismatch("an array of one centre or two corners a node");
  const bool is_box = bounds->shape[0] == 2;
  constexpr Distance::Kind kOfBoxes[] = {Distance::Kind::euclidean, Distance::Kind::manhattan, Distance::Kind::chebyshev, Distance::Kind::minkowski};
  if (is_box && std::ranges::find(kOfBoxes, search.distance.kind) == std::end(kOfBoxes)) return bounds_place.refuse("a k-d tree does not know this metric");
  HEADROOM_TRY_VOID(spend(estimator, bounds->count() * 2 * sizeof(double)));
  HEADROOM_TRY(numbers, bounds_place.numbers({bounds->shape[0], nodes.size(), search.n_features}));
  const auto half = numbers.begin() + static_cast<std::ptrdiff_t>(nodes.size() * search.n_features);
  search.tree.low.assign(numbers.begin(), half);
  search.tree.high.assign(half, numbers.end());
  search.tree.order = std::move(order);
  search.tree.nodes = std::move(nodes);
  search.by = model::NeighborSearch::By::tree;
  return true;
}

/// Without a tree: by a heap since 1.1, if it knows the metric and the rows lie one after the other; else by numpy.
void choose_brute(const Place& rows, const Estimator& estimator, model::NeighborSearch& search) {
  using By = model::NeighborSearch::By;
  constexpr Distance::Kind kOthers[] = {Distance::Kind::cosine, Distance::Kind::correlation, Distance::Kind::hamming, Distance::Kind::mahalanobis};
  const auto* array = rows.value().array();
  const bool is_plain = array != nullptr && array->dtype.kind == 'f' && array->dtype.itemsize == sizeof(double) && (!array->fortran || search.n_features == 1 || search.count() == 1);
  const bool has_heap = estimator.version >= Version{1, 1} && is_plain && std::ranges::find(kOthers, search.distance.kind) == std::end(kOthers);
  search.by = has_heap ? By::heap : By::partition;
  search.partition = partition_of(estimator.version);
}
}  // namespace

Read<model::NeighborSearch> neighbor_search(const Estimator& estimator) {
  model::NeighborSearch search;
  HEADROOM_TRY(place, estimator.place.need("_fit_X"));
  HEADROOM_TRY(rows, matrix_of(place, estimator));
  if (rows.rows == 0 || rows.columns == 0 || rows.rows > std::numeric_limits<std::uint32_t>::max()) return place.refuse(std::to_string(rows.rows) + " training rows");
  HEADROOM_TRY_VOID(check_width(estimator, rows.columns, "_fit_X"));
  search.n_features = rows.columns;
  search.rows = std::move(rows.values);
  HEADROOM_TRY(distance, distance_of(estimator, search.n_features));
  search.distance = std::move(distance);
  if (const auto tree = estimator.place.find("_tree"); tree && !tree->is_none()) {
    HEADROOM_TRY_VOID(read_tree(*tree, estimator, search));
  } else {
    choose_brute(place, estimator, search);
  }
  return search;
}

Read<std::size_t> neighbor_count(const Estimator& estimator, std::string_view name, const model::NeighborSearch& search) {
  HEADROOM_TRY(place, estimator.place.need(name));
  HEADROOM_TRY(k, place.count());
  if (k == 0 || k > search.count()) return place.refuse(std::string(name) + " is " + std::to_string(k) + " of " + std::to_string(search.count()) + " training rows");
  return k;
}
}  // namespace headroom::importers
