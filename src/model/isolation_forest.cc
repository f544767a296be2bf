#include "model/isolation_forest.h"

#include <cmath>

namespace headroom::model {
IsolationForest::IsolationForest(std::shared_ptr<Booster> depths, double average, Cut cut) : depths_(std::move(depths)), average_(average), cut_(cut) {
  ModelInfo& info = edit_info();
  info = depths_->info();
  info.task = Task::outlier;
  info.methods = {Method::predict, Method::decision_function};
  info.classes = {std::int64_t{-1}, std::int64_t{1}};
  info.classes_dtype = "<i8";
}

expected<void, RowError> IsolationForest::validate(const Rows& rows) const { return depths_->validate(rows); }

void IsolationForest::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  depths_->predict(Method::decision_function, rows, out, scratch);
  for (double& value : out.f64) value = -std::pow(2.0, -(average_ == 0 ? 1.0 : value / cut_.trees / average_)) - cut_.offset;
  if (method == Method::decision_function) return;
  out.dtype = DType::i64;
  out.i64.resize(out.rows);
  for (std::size_t i = 0; i < out.rows; ++i) out.i64[i] = out.f64[i] < cut_.threshold ? 0 : 1;
}
}  // namespace headroom::model
