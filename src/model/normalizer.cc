#include "model/normalizer.h"

#include <algorithm>
#include <cmath>

#include "model/sums.h"

namespace headroom::model {
Normalizer::Normalizer(std::size_t n_features, Norm norm, double smallest)
    : RowTransform(n_features, n_features, Nan::refuse), norm_(norm), smallest_(smallest) {}

void Normalizer::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  const std::size_t n = in.size();
  double norm = 0;
  if (norm_ == Norm::max || norm_ == Norm::signed_max) {
    norm = norm_ == Norm::max || in.empty() ? 0 : in[0];
    for (const double value : in) norm = std::max(norm, norm_ == Norm::max ? std::fabs(value) : value);
  } else {
    scratch.a.resize(n);
    for (std::size_t j = 0; j < n; ++j) scratch.a[j] = norm_ == Norm::l1 ? std::fabs(in[j]) : in[j] * in[j];
    norm = numpy_sum({scratch.a.data(), n});
    if (norm_ == Norm::l2) norm = std::sqrt(norm);
  }
  if (std::fabs(norm) < smallest_ || norm == 0) norm = 1;
  for (std::size_t j = 0; j < n; ++j) out[j] = in[j] / norm;
}

double Normalizer::output_bound(double magnitude) const noexcept {
  return norm_ == Norm::signed_max ? std::numeric_limits<double>::infinity() : std::max(1.0, magnitude);
}
}  // namespace headroom::model
