#include "model/bins.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
namespace {
std::size_t n_bins(const std::vector<double>& edges) { return edges.size() - 1; }

std::size_t width_of(const Bins::Spec& spec) {
  std::size_t width = 0;
  for (const auto& edges : spec.edges) width += spec.one_hot ? n_bins(edges) : 1;
  return width;
}

std::size_t bin_of(const std::vector<double>& edges, double value, BinEdges how) noexcept {
  if (how == BinEdges::exact) {
    return static_cast<std::size_t>(std::upper_bound(edges.begin() + 1, edges.end() - 1, value) - (edges.begin() + 1));
  }
  value += 1e-8 + 1e-5 * std::fabs(value);
  const auto found = static_cast<std::size_t>(std::upper_bound(edges.begin() + 1, edges.end(), value) - (edges.begin() + 1));
  return std::min(found, n_bins(edges) - 1);
}
}  // namespace

Bins::Bins(Spec spec) : RowTransform(spec.edges.size(), width_of(spec), Nan::refuse), spec_(std::move(spec)) {
  for (const auto& edges : spec_.edges) {
    CHECK(edges.size() >= 2);
    edit_info().bytes += edges.size() * sizeof(double);
  }
}

expected<void, RowError> Bins::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, spec_.in_float32 ? Width::f32 : Width::f64); }

void Bins::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  for (std::size_t j = 0; j < spec_.edges.size(); ++j) {
    const auto& edges = spec_.edges[j];
    const std::size_t bin = bin_of(edges, spec_.in_float32 ? static_cast<double>(static_cast<float>(in[j])) : in[j], spec_.how);
    if (!spec_.one_hot) {
      *out++ = static_cast<double>(bin);
      continue;
    }
    std::fill_n(out, n_bins(edges), 0.0);
    out[bin] = 1;
    out += n_bins(edges);
  }
}

double Bins::output_bound(double magnitude) const noexcept {
  std::size_t most = 1;
  for (const auto& edges : spec_.edges) most = std::max(most, edges.size());
  return magnitude >= 0 ? static_cast<double>(most) : magnitude;
}
}  // namespace headroom::model
