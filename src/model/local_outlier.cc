#include "model/local_outlier.h"

#include <cmath>

#include "model/outliers.h"
#include "model/sums.h"

namespace headroom::model {
LocalOutlier::LocalOutlier(Spec spec) : spec_(std::move(spec)) {
  const std::size_t count = spec_.search.count();
  CHECK(spec_.search.k > 0 && spec_.search.k <= count && spec_.reach.size() == count && spec_.density.size() == count);
  describe_outliers(edit_info(), spec_.search.n_features);
  edit_info().bytes = (spec_.search.rows.size() + 2 * count) * sizeof(double);
}

expected<void, RowError> LocalOutlier::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

double LocalOutlier::decide(std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t k = spec_.search.find(row, scratch);
  const double size = static_cast<double>(k);
  scratch.c.resize(k);
  for (std::size_t i = 0; i < k; ++i) {
    const double reach = spec_.reach[scratch.indexes[i]];
    scratch.c[i] = std::isnan(reach) || reach > scratch.a[i] ? reach : scratch.a[i];   // numpy.maximum passes NaN on
  }
  const double own = 1.0 / (numpy_sum({scratch.c.data(), k}) / size + 1e-10);
  for (std::size_t i = 0; i < k; ++i) scratch.c[i] = spec_.density[scratch.indexes[i]] / own;
  return -(numpy_sum({scratch.c.data(), k}) / size) - spec_.offset;
}

void LocalOutlier::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  answer_outliers(method, rows, out, scratch, [&](std::span<const double> row) { return decide(row, scratch); }, [](double decision) { return !(decision < 0); });
}
}  // namespace headroom::model
