// Which columns a part of a ColumnTransformer takes.
#pragma once
#include <string>
#include <vector>

#include "importers/values.h"

namespace headroom::importers {
/// Positions of the columns that `spec` names: a number, a name, a slice of either, a mask, or a list or array of numbers or names.
/// Negative numbers count from the end.   Source: sklearn.utils._indexing._get_column_indices.
[[nodiscard]] Read<std::vector<std::uint32_t>> columns_named(const Place& spec, std::size_t n_features, const std::vector<std::string>& names);
}  // namespace headroom::importers
