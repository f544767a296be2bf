#include "model/random_features.h"

#include <algorithm>
#include <cmath>

#include "model/sums.h"
#include "model/typed.h"

namespace headroom::model {
RandomFeatures::RandomFeatures(Spec spec) : RowTransform(spec.n_features, spec.offset.size(), Nan::refuse), spec_(std::move(spec)) {
  CHECK(spec_.weights.size() == spec_.offset.size() * spec_.n_features);
  edit_info().bytes = (spec_.weights.size() + spec_.offset.size()) * sizeof(double);
}

expected<void, RowError> RandomFeatures::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(RowTransform::validate(rows));
  for (std::size_t j = 0; spec_.is_logarithm && j < rows.width(); ++j) {
    const Cells cells(rows, j);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      if (cells.number(i) <= -spec_.skewedness) return unexpected(RowError{i, j, "X may not contain entries smaller than -skewedness."});
    }
  }
  return {};
}

void RandomFeatures::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  if (spec_.is_logarithm) {
    scratch.a.resize(in.size());
    for (std::size_t j = 0; j < in.size(); ++j) scratch.a[j] = std::log(in[j] + spec_.skewedness);
    in = scratch.a;
  }
  for (std::size_t k = 0; k < spec_.offset.size(); ++k) {
    out[k] = std::cos(dot(spec_.weights.data() + k * in.size(), in.data(), in.size()) + spec_.offset[k]) * spec_.scale;
  }
}

/// A product may overflow; its cosine is NaN then.
double RandomFeatures::output_bound(double magnitude) const noexcept {
  double most = 0;
  for (const double weight : spec_.weights) most = std::max(most, std::fabs(weight));
  const double angle = most * magnitude * static_cast<double>(spec_.n_features);
  return std::isfinite(angle) && !spec_.is_logarithm ? spec_.scale : std::numeric_limits<double>::infinity();
}
}  // namespace headroom::model
