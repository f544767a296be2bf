#include "model/row_transform.h"

namespace headroom::model {
RowTransform::RowTransform(std::size_t n_features, std::size_t n_outputs, Nan nan) : nan_(nan) {
  CHECK((n_features > 0) == (n_outputs > 0));
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = n_features;
  info.n_outputs = n_outputs;
  info.methods = {Method::transform};
}

expected<void, RowError> RowTransform::validate(const Rows& rows) const { return check_rows(rows, info(), nan_, Width::f64); }

void RowTransform::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  const auto matrix = densify(rows, scratch.b);
  out.dtype = DType::f64;
  out.rows = matrix.rows();
  out.columns = info().n_outputs > 0 ? info().n_outputs : matrix.columns();
  out.f64.resize(out.rows * out.columns);
  for (std::size_t i = 0; i < out.rows; ++i) transform_row(matrix.row(i), out.f64.data() + i * out.columns, scratch);
}
}  // namespace headroom::model
