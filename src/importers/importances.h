// How much each feature matters to an estimator: what SelectFromModel chooses by.
#pragma once
#include <vector>

#include "importers/estimator.h"

namespace headroom::importers {
/// The norm (of order 1, 2 or infinity) of coef_ over its rows, or feature_importances_ of trees, forests and gradient boosting, which
/// scikit-learn computes from the trees.   Source: sklearn.feature_selection._base._get_feature_importances; sklearn.tree._tree.
[[nodiscard]] Read<std::vector<double>> importances_of(const Estimator& estimator, double norm_order);
}  // namespace headroom::importers
