// What scikit-learn's neighbours store: training rows, metric, search tree.
#pragma once
#include "importers/estimator.h"
#include "model/neighbor_search.h"

namespace headroom::importers {
/// Rows and metric of an estimator of sklearn.neighbors; how many neighbours it looks for is left to set. Refused: a metric that is code
/// or not served, and a search tree that scikit-learn could not use.
[[nodiscard]] Read<model::NeighborSearch> neighbor_search(const Estimator& estimator);
/// The attribute `name`: a number of neighbours, of which there must be so many.
[[nodiscard]] Read<std::size_t> neighbor_count(const Estimator& estimator, std::string_view name, const model::NeighborSearch& search);
}  // namespace headroom::importers
