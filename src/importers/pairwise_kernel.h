// The kernels of sklearn.metrics.pairwise, as KernelRidge, KernelPCA and Nystroem name them.
#pragma once
#include "importers/estimator.h"
#include "model/kernel.h"

namespace headroom::importers {
/// By the parameters kernel, gamma (or what it became, gamma_), coef0 and degree; None of these stands for the origin's defaults.
/// A kernel that is code, precomputed or not known is refused.
[[nodiscard]] Read<model::Kernel> pairwise_kernel(const Estimator& estimator, std::size_t n_features);
}  // namespace headroom::importers
