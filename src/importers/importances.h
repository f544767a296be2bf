// How much each feature matters to an estimator: what SelectFromModel chooses by.
#pragma once
#include <vector>

#include "importers/estimator.h"

namespace headroom::importers {
/// The norm (of order 1, 2 or infinity) of coef_ over its rows, or feature_importances_ of trees, forests and gradient boosting, which
/// scikit-learn computes from the trees, as do XGBoost's and LightGBM's wrappers.   Source: sklearn.feature_selection._base._get_feature_importances; sklearn.tree._tree.
struct Importances {
  std::vector<double> values;
  bool is_float32 = false;   // the origin computes with them in float32
};
[[nodiscard]] Read<Importances> importances_of(const Estimator& estimator, double norm_order);
}  // namespace headroom::importers
