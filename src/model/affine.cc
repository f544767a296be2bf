#include "model/affine.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
Affine::Affine(Spec spec) : RowTransform(spec.n_features, spec.n_features, Nan::allow), spec_(std::move(spec)) {
  for (const auto* step : {&spec_.subtract, &spec_.multiply, &spec_.divide, &spec_.add}) {
    CHECK(step->empty() || step->size() == spec_.n_features);
    edit_info().bytes += step->size() * sizeof(double);
  }
}

void Affine::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  std::copy_n(in.data(), spec_.n_features, out);
  for (std::size_t j = 0; j < spec_.subtract.size(); ++j) out[j] -= spec_.subtract[j];
  for (std::size_t j = 0; j < spec_.multiply.size(); ++j) out[j] *= spec_.multiply[j];
  for (std::size_t j = 0; j < spec_.divide.size(); ++j) out[j] /= spec_.divide[j];
  for (std::size_t j = 0; j < spec_.add.size(); ++j) out[j] += spec_.add[j];
  if (!spec_.clip) return;
  for (std::size_t j = 0; j < spec_.n_features; ++j) {
    if (out[j] < spec_.clip->first) out[j] = spec_.clip->first;
    if (out[j] > spec_.clip->second) out[j] = spec_.clip->second;
  }
}

double Affine::output_bound(double magnitude) const noexcept {
  double bound = 0;
  for (std::size_t j = 0; j < spec_.n_features; ++j) {
    double value = magnitude + (spec_.subtract.empty() ? 0 : std::fabs(spec_.subtract[j]));
    if (!spec_.multiply.empty()) value *= std::fabs(spec_.multiply[j]);
    if (!spec_.divide.empty()) value /= std::fabs(spec_.divide[j]);
    if (!spec_.add.empty()) value += std::fabs(spec_.add[j]);
    if (!(value <= std::numeric_limits<double>::max())) return std::numeric_limits<double>::infinity();
    bound = std::max(bound, value);
  }
  return bound;
}
}  // namespace headroom::model
