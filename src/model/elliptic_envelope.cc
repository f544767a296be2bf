#include "model/elliptic_envelope.h"

#include <cmath>

#include "model/outliers.h"

namespace headroom::model {
namespace {
/// In order; or from `pairs_from` terms on the even and the odd ones apart, what is left over last.
double scipy_dot(const double* a, const double* b, std::size_t n, std::size_t pairs_from) noexcept {
  double even = 0, odd = 0;
  std::size_t i = 0;
  for (; n < pairs_from && i < n; ++i) even += a[i] * b[i];
  for (; i + 2 <= n; i += 2) {
    even += a[i] * b[i];
    odd += a[i + 1] * b[i + 1];
  }
  return i < n ? even + odd + a[i] * b[i] : even + odd;
}
}  // namespace

EllipticEnvelope::EllipticEnvelope(Spec spec) : spec_(std::move(spec)) {
  const std::size_t n = spec_.location.size();
  CHECK(n > 0 && spec_.precision.size() == n * n);
  describe_outliers(edit_info(), n);
  edit_info().bytes = (n + n * n) * sizeof(double);
}

expected<void, RowError> EllipticEnvelope::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

double EllipticEnvelope::decide(std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t n = row.size();
  scratch.a.resize(n);
  for (std::size_t j = 0; j < n; ++j) scratch.a[j] = row[j] - spec_.location[j];
  scratch.c.resize(n);
  for (std::size_t i = 0; i < n; ++i) scratch.c[i] = scipy_dot(scratch.a.data(), spec_.precision.data() + i * n, n, spec_.pairs_from);
  const double distance = std::sqrt(scipy_dot(scratch.a.data(), scratch.c.data(), n, spec_.pairs_from));
  return -(distance * distance) - spec_.offset;
}

void EllipticEnvelope::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  answer_outliers(method, rows, out, scratch, [&](std::span<const double> row) { return decide(row, scratch); }, [](double decision) { return decision >= 0; });
}
}  // namespace headroom::model
