#include "model/projection.h"

#include <algorithm>
#include <cmath>

#include "model/links.h"

namespace headroom::model {
Projection::Projection(Spec spec) : RowTransform(spec.n_features, spec.n_components, Nan::refuse), spec_(std::move(spec)) {
  CHECK(spec_.components.size() == spec_.n_components * spec_.n_features);
  CHECK(spec_.mean.empty() || spec_.mean.size() == spec_.n_features);
  CHECK(spec_.deviation.empty() || (spec_.deviation.size() == spec_.n_features && !spec_.mean.empty()));
  CHECK(spec_.offset.empty() || spec_.offset.size() == spec_.n_components);
  CHECK(spec_.scale.empty() || spec_.scale.size() == spec_.n_components);
  edit_info().bytes = (spec_.components.size() + spec_.mean.size() + spec_.deviation.size() + spec_.offset.size() + spec_.scale.size()) * sizeof(double);
}

void Projection::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  if (!spec_.mean.empty()) {
    scratch.a.resize(spec_.n_features);
    for (std::size_t j = 0; j < spec_.n_features; ++j) scratch.a[j] = in[j] - spec_.mean[j];
    for (std::size_t j = 0; j < spec_.deviation.size(); ++j) scratch.a[j] /= spec_.deviation[j];
    in = scratch.a;
  }
  for (std::size_t k = 0; k < spec_.n_components; ++k) {
    out[k] = dot(spec_.components.data() + k * spec_.n_features, in.data(), spec_.n_features);
    if (!spec_.offset.empty()) out[k] -= spec_.offset[k];
    if (!spec_.scale.empty()) out[k] /= spec_.scale[k];
    if (spec_.is_logistic) out[k] = logistic(out[k]);
  }
}

double Projection::output_bound(double magnitude) const noexcept {
  double bound = 0;
  for (std::size_t k = 0; k < spec_.n_components; ++k) {
    double sum = spec_.offset.empty() ? 0 : std::fabs(spec_.offset[k]);
    for (std::size_t j = 0; j < spec_.n_features; ++j) {
      sum += std::fabs(spec_.components[k * spec_.n_features + j]) * (magnitude + (spec_.mean.empty() ? 0 : std::fabs(spec_.mean[j]))) /
             (spec_.deviation.empty() ? 1 : std::fabs(spec_.deviation[j]));
    }
    if (!spec_.scale.empty()) sum /= std::fabs(spec_.scale[k]);
    if (!(sum <= std::numeric_limits<double>::max())) return std::numeric_limits<double>::infinity();
    bound = std::max(bound, sum);
  }
  return spec_.is_logistic ? 1 : bound;
}
}  // namespace headroom::model
