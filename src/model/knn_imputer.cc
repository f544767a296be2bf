#include "model/knn_imputer.h"

#include <algorithm>
#include <utility>

#include "model/sums.h"

namespace headroom::model {
namespace {
/// |x|² in the order of numpy.einsum: even and odd places apart, four pairs at a time, the last of them first.
double squared_norm(const double* x, std::size_t n) noexcept {
  double lane[2] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (std::size_t pair = 4; pair-- > 0;) {
      for (std::size_t odd = 0; odd < 2; ++odd) lane[odd] += x[i + 2 * pair + odd] * x[i + 2 * pair + odd];
    }
  }
  for (; i < n; ++i) lane[i % 2] += x[i] * x[i];
  return lane[0] + lane[1];
}

/// a / b as numpy.ma divides: a where that is no finite number or b is next to 0.
double masked_quotient(double a, double b) noexcept {
  const double quotient = a / b;
  return !std::isfinite(quotient) || std::fabs(a) * std::numeric_limits<double>::min() >= std::fabs(b) ? a : quotient;
}
}  // namespace

KnnImputer::KnnImputer(Spec spec)
    : RowTransform(spec.n_features, spec.kept.size() + spec.indicated.size(), std::isnan(spec.missing) ? Nan::allow : Nan::refuse),
      spec_(std::move(spec)), lacks_(spec_.rows.size()), donors_(spec_.n_features) {
  const std::size_t n = spec_.n_features;
  CHECK(!spec_.rows.empty() && spec_.rows.size() % n == 0 && spec_.k > 0);
  for (std::size_t i = 0; i < spec_.rows.size(); ++i) {
    double& cell = spec_.rows[i];
    lacks_[i] = spec_.is_missing(cell) ? 1 : 0;
    if (lacks_[i] != 0) {
      cell = 0;
    } else {
      donors_[i % n].push_back(static_cast<std::uint32_t>(i / n));
    }
    largest_ = std::max(largest_, std::fabs(cell));
  }
  const std::size_t count = spec_.rows.size() / n;
  for (std::size_t i = 0; i < count; ++i) norms_.push_back(squared_norm(spec_.rows.data() + i * n, n));
  std::vector<double> column(count);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < count; ++i) column[i] = spec_.rows[i * n + j];
    means_.push_back(donors_[j].empty() ? 0 : numpy_sum(column) / static_cast<double>(donors_[j].size()));
  }
  edit_info().bytes = bytes_of(count, n);
}

std::size_t KnnImputer::bytes_of(std::size_t rows, std::size_t n_features) noexcept {
  return rows * (n_features * (sizeof(double) + sizeof(std::uint8_t) + sizeof(std::uint32_t)) + sizeof(double)) + n_features * (sizeof(double) + sizeof(donors_[0]));
}

double KnnImputer::distance(const double* filled, double norm, const double* in, std::size_t row) const noexcept {
  const std::size_t n = spec_.n_features;
  const double* y = spec_.rows.data() + row * n;
  const std::uint8_t* lacks = lacks_.data() + row * n;
  double product = 0, lost_x = 0, lost_y = 0;
  std::size_t present = 0;
  for (std::size_t j = 0; j < n; ++j) {
    product = std::fma(filled[j], y[j], product);   // as the matrix product does
    const bool is_missing = spec_.is_missing(in[j]);
    if (lacks[j] != 0) lost_x += filled[j] * filled[j];
    if (is_missing) lost_y += y[j] * y[j];
    if (lacks[j] == 0 && !is_missing) ++present;
  }
  if (present == 0) return std::numeric_limits<double>::quiet_NaN();
  const double squared = std::max(-2 * product + norm + norms_[row], 0.0) - lost_x - lost_y;
  return std::sqrt(std::max(squared, 0.0) / static_cast<double>(present) * static_cast<double>(n));
}

/// scratch.a: the row with its missing cells 0, then its distance from each training row.
void KnnImputer::measure(const double* in, Scratch& scratch) const noexcept {
  const std::size_t n = spec_.n_features;
  scratch.a.resize(n + norms_.size());
  for (std::size_t j = 0; j < n; ++j) scratch.a[j] = spec_.is_missing(in[j]) ? 0 : in[j];
  const double norm = squared_norm(scratch.a.data(), n);
  for (std::size_t i = 0; i < norms_.size(); ++i) scratch.a[n + i] = distance(scratch.a.data(), norm, in, i);
}

/// Distances of the chosen donors become their weights.
void KnnImputer::weigh(std::span<double> distances) const noexcept {
  if (!spec_.by_distance) {
    for (double& d : distances) d = std::isnan(d) && !spec_.averages_strangers ? 0 : 1;
    return;
  }
  const bool has_match = std::ranges::any_of(distances, [](double d) { return std::isinf(1 / d); });
  for (double& d : distances) {
    d = has_match ? (std::isinf(1 / d) ? 1 : 0) : 1 / d;
    if (std::isnan(d)) d = 0;
  }
}

/// The cell of a feature that has donors, by the distances in scratch.a.
double KnnImputer::impute(std::size_t feature, Scratch& scratch) const noexcept {
  const auto& donors = donors_[feature];
  const std::size_t k = std::min(spec_.k, donors.size());
  scratch.c.resize(donors.size() + 2 * k);
  scratch.indexes.resize(donors.size());
  const std::span distances(scratch.c.data(), donors.size());
  for (std::size_t i = 0; i < donors.size(); ++i) distances[i] = scratch.a[spec_.n_features + donors[i]];
  if (std::ranges::all_of(distances, [](double d) { return std::isnan(d); })) return means_[feature];
  argpartition(distances, k, scratch.indexes, spec_.partition);
  const std::span weights(scratch.c.data() + donors.size(), k);
  const std::span products(weights.data() + k, k);
  for (std::size_t i = 0; i < k; ++i) weights[i] = distances[scratch.indexes[i]];
  weigh(weights);
  for (std::size_t i = 0; i < k; ++i) products[i] = spec_.rows[donors[scratch.indexes[i]] * spec_.n_features + feature] * weights[i];
  return masked_quotient(numpy_sum(products), numpy_sum(weights));
}

void KnnImputer::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  bool is_measured = false;
  for (const std::size_t feature : spec_.kept) {
    const bool has_donors = !donors_[feature].empty();
    const bool is_missing = spec_.is_missing(in[feature]);
    if (is_missing && has_donors && !is_measured) {
      measure(in.data(), scratch);
      is_measured = true;
    }
    *out++ = !has_donors ? 0 : is_missing ? impute(feature, scratch) : in[feature];
  }
  for (const std::size_t feature : spec_.indicated) *out++ = spec_.is_missing(in[feature]) ? 1 : 0;
}

/// Twice what a mean can be, for its rounding; where its sum may overflow, nothing is known.
double KnnImputer::output_bound(double magnitude) const noexcept {
  constexpr double kNoOverflow = 1e280;
  return largest_ < kNoOverflow ? std::max({1.0, magnitude, 2 * largest_}) : std::numeric_limits<double>::infinity();
}
}  // namespace headroom::model
