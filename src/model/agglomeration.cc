#include "model/agglomeration.h"

#include <algorithm>

namespace headroom::model {
namespace {
double pool(std::span<double> values, Pooling pooling) noexcept {
  if (pooling == Pooling::smallest) return *std::ranges::min_element(values);
  if (pooling == Pooling::largest) return *std::ranges::max_element(values);
  const std::size_t n = values.size();
  if (pooling == Pooling::median) {
    std::ranges::sort(values);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  }
  double sum = 0;
  for (const double value : values) sum += value;
  return pooling == Pooling::mean ? sum / static_cast<double>(n) : sum;
}
}  // namespace

Agglomeration::Agglomeration(std::size_t n_features, std::vector<std::vector<std::uint32_t>> members, Pooling pooling)
    : RowTransform(n_features, members.size(), Nan::refuse), members_(std::move(members)), pooling_(pooling) {
  for (const auto& cluster : members_) {
    CHECK(!cluster.empty() && cluster.back() < n_features);
    edit_info().bytes += sizeof(cluster) + cluster.size() * sizeof(cluster[0]);
  }
}

void Agglomeration::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  for (std::size_t c = 0; c < members_.size(); ++c) {
    scratch.a.clear();
    for (const std::uint32_t j : members_[c]) scratch.a.push_back(in[j]);
    out[c] = pool(scratch.a, pooling_);
  }
}

double Agglomeration::output_bound(double magnitude) const noexcept {
  const double bound = magnitude * static_cast<double>(info().n_features);
  return bound <= std::numeric_limits<double>::max() ? bound : std::numeric_limits<double>::infinity();
}
}  // namespace headroom::model
