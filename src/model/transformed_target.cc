#include "model/transformed_target.h"

namespace headroom::model {
TransformedTarget::TransformedTarget(CompiledPtr regressor, std::vector<InverseStep> steps) : regressor_(std::move(regressor)), steps_(std::move(steps)) {
  edit_info() = regressor_->info();
  edit_info().methods = {Method::predict};
}

expected<void, RowError> TransformedTarget::validate(const Rows& rows) const { return regressor_->validate(rows); }

void TransformedTarget::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict);
  regressor_->predict(method, rows, out, scratch);
  CHECK(out.dtype == DType::f64);
  for (std::size_t i = 0; i < out.rows; ++i) {
    for (const auto& step : steps_) step.apply({out.f64.data() + i * out.columns, out.columns});
  }
}
}  // namespace headroom::model
