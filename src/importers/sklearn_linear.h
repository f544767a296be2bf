// What discriminant analysis shares with the linear classifiers.
#pragma once
#include "importers/estimator.h"
#include "model/linear.h"

namespace headroom::importers {
/// coef_ and intercept_ of a classifier of n_classes ≥ 2; without link.
[[nodiscard]] Read<model::Linear::Spec> linear_spec(const Estimator& estimator, std::size_t n_classes);
}  // namespace headroom::importers
