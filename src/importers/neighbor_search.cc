#include "importers/neighbor_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "formats/error.h"
#include "importers/matrix.h"

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
}  // namespace

Read<model::NeighborSearch> neighbor_search(const Estimator& estimator) {
  model::NeighborSearch search;
  HEADROOM_TRY(place, estimator.place.need("_fit_X"));
  HEADROOM_TRY(rows, matrix_of(place, estimator));
  if (rows.rows == 0 || rows.columns == 0 || rows.rows > std::numeric_limits<std::uint32_t>::max()) return place.refuse(std::to_string(rows.rows) + " training rows");
  HEADROOM_TRY_VOID(check_width(estimator, rows.columns, "_fit_X"));
  if (const auto tree = estimator.place.find("_tree"); tree && !tree->is_none()) HEADROOM_TRY_VOID(check_search_tree(*tree, rows.rows));
  search.n_features = rows.columns;
  search.rows = std::move(rows.values);
  HEADROOM_TRY(distance, distance_of(estimator, search.n_features));
  search.distance = std::move(distance);
  return search;
}

Read<std::size_t> neighbor_count(const Estimator& estimator, std::string_view name, const model::NeighborSearch& search) {
  HEADROOM_TRY(place, estimator.place.need(name));
  HEADROOM_TRY(k, place.count());
  if (k == 0 || k > search.count()) return place.refuse(std::string(name) + " is " + std::to_string(k) + " of " + std::to_string(search.count()) + " training rows");
  return k;
}
}  // namespace headroom::importers
