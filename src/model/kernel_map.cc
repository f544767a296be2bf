#include "model/kernel_map.h"

#include "model/sums.h"

namespace headroom::model {
namespace {
std::size_t outputs_of(const KernelMap::Spec& spec) {
  CHECK(spec.n_features > 0 && !spec.anchors.empty() && spec.anchors.size() % spec.n_features == 0);
  const std::size_t count = spec.anchors.size() / spec.n_features;
  CHECK(spec.weights.size() % count == 0);
  return spec.weights.size() / count;
}
}  // namespace

KernelMap::KernelMap(Spec spec) : RowTransform(spec.n_features, outputs_of(spec), Nan::refuse), spec_(std::move(spec)), count_(spec_.anchors.size() / spec_.n_features) {
  CHECK(spec_.means.empty() || spec_.means.size() == count_);
  edit_info().bytes = (spec_.anchors.size() + spec_.means.size() + spec_.weights.size()) * sizeof(double);
}

void KernelMap::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  std::vector<double>& values = scratch.a;
  values.resize(count_);
  for (std::size_t t = 0; t < count_; ++t) values[t] = spec_.kernel(in.data(), spec_.anchors.data() + t * in.size(), in.size());
  if (!spec_.means.empty()) {
    const double own = numpy_sum(values) / static_cast<double>(count_);
    for (std::size_t t = 0; t < count_; ++t) values[t] = values[t] - spec_.means[t] - own + spec_.mean;
  }
  for (std::size_t k = 0; k < info().n_outputs; ++k) out[k] = dot(spec_.weights.data() + k * count_, values.data(), count_);
}
}  // namespace headroom::model
