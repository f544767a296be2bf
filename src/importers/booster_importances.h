// feature_importances_ of the boosters, which their files do not hold: they follow from the trees.
#pragma once
#include <span>
#include <vector>

#include "importers/estimator.h"

namespace headroom::importers {
/// Of a scikit-learn wrapper of XGBoost: each feature's gain (or what importance_type says), in float32, divided by their sum.
/// Source: xgboost/sklearn.py XGBModel.feature_importances_; src/gbm/gbtree.h FeatureScore, whose walk goes right first.
[[nodiscard]] Read<std::vector<float>> xgboost_importances(const Estimator& wrapper);
/// Of a scikit-learn wrapper of LightGBM: how many splits, or how much gain, each feature has.
/// Source: lightgbm/sklearn.py LGBMModel.feature_importances_; src/boosting/gbdt.cpp FeatureImportance.
[[nodiscard]] Read<std::vector<double>> lightgbm_importances(const Estimator& wrapper);
/// numpy's sum of a float32 vector.
[[nodiscard]] float float_sum(std::span<const float> values);
}  // namespace headroom::importers
