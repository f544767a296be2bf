#include "model/isotonic.h"

#include <algorithm>
#include <limits>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/quantile.h"
#include "model/typed.h"

namespace headroom::model {
Isotonic::Isotonic(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.x.empty() && spec_.x.size() == spec_.y.size());
  ModelInfo& info = edit_info();
  info.task = Task::regression;
  info.n_features = 1;
  info.n_outputs = 1;
  info.methods = {Method::predict, Method::transform};
  info.bytes = 2 * spec_.x.size() * sizeof(double);
}

expected<void, RowError> Isotonic::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  if (spec_.beyond != Beyond::refused || spec_.x.size() == 1) return {};
  const Cells cells(rows, 0);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    if (cells.number(i) < spec_.x.front()) return unexpected(RowError{i, 0, "A value in x_new is below the interpolation range."});
    if (cells.number(i) > spec_.x.back()) return unexpected(RowError{i, 0, "A value in x_new is above the interpolation range."});
  }
  return {};
}

void Isotonic::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict || method == Method::transform);
  const auto matrix = densify(rows, scratch.b);
  double* answer = answer_numbers(out, matrix.rows(), 1);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    double x = matrix.row(i)[0];
    if (spec_.beyond == Beyond::clipped) x = std::min(std::max(x, spec_.low), spec_.high);
    const bool is_outside = x < spec_.x.front() || x > spec_.x.back();
    answer[i] = spec_.x.size() > 1 && is_outside && spec_.beyond == Beyond::nan ? std::numeric_limits<double>::quiet_NaN() : interpolate(x, spec_.x, spec_.y);
  }
}
}  // namespace headroom::model
