// From probabilities of pairs of classes to one for each class.
#pragma once
#include <cstddef>

namespace headroom::model {
/// Values that couple() needs as working memory for k classes.
[[nodiscard]] constexpr std::size_t couple_buffer(std::size_t k) noexcept { return k * k + k; }

/// Wu, Lin and Weng's second method, with libsvm's iteration and its stopping rule, to the last bit.
/// pairwise: [k, k], the probability of class i against j; the diagonal is not read.   out: k values.
/// Source: multiclass_probability in sklearn's svm/src/libsvm/svm.cpp.
void couple(std::size_t k, const double* pairwise, double* buffer, double* out) noexcept;
}  // namespace headroom::model
