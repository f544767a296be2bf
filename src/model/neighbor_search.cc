#include "model/neighbor_search.h"

#include <algorithm>
#include <limits>

namespace headroom::model {
std::size_t NeighborSearch::find(std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t n = count();
  scratch.a.resize(n);
  scratch.indexes.resize(n);
  std::size_t found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    scratch.a[i] = distance(row.data(), rows.data() + i * n_features, n_features);
    if (k > 0 ? scratch.a[i] < std::numeric_limits<double>::infinity() : scratch.a[i] <= radius) scratch.indexes[found++] = static_cast<std::uint32_t>(i);
  }
  if (k > 0) {
    const auto nearer = [&](std::uint32_t i, std::uint32_t j) { return scratch.a[i] != scratch.a[j] ? scratch.a[i] < scratch.a[j] : i < j; };
    const auto begin = scratch.indexes.begin();
    const auto nearest = begin + static_cast<std::ptrdiff_t>(std::min(k, found));
    std::partial_sort(begin, nearest, begin + static_cast<std::ptrdiff_t>(found), nearer);
    std::fill(nearest, begin + static_cast<std::ptrdiff_t>(k), 0U);
  }
  // The neighbours' distances move to c first: in a they could overwrite one another.
  const std::size_t real = k > 0 ? std::min(k, found) : found;
  found = k > 0 ? k : found;
  scratch.c.assign(found, std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < real; ++i) scratch.c[i] = scratch.a[scratch.indexes[i]];
  std::ranges::copy(scratch.c, scratch.a.begin());
  return found;
}
}  // namespace headroom::model
