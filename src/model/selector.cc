#include "model/selector.h"

#include <algorithm>

namespace headroom::model {
Selector::Selector(std::size_t n_features, std::vector<std::uint32_t> chosen, Nan nan) : chosen_(std::move(chosen)), nan_(nan) {
  CHECK(!chosen_.empty() && std::ranges::all_of(chosen_, [&](std::uint32_t column) { return column < n_features; }));
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = n_features;
  info.n_outputs = chosen_.size();
  info.methods = {Method::transform};
  info.bytes = chosen_.size() * sizeof(chosen_[0]);
}

expected<void, RowError> Selector::validate(const Rows& rows) const {
  // A selector around what takes NaN does not look at values at all: infinity passes, too.
  return nan_ == Nan::allow ? check_numbers(rows, info()) : check_rows(rows, info(), nan_, Width::f64);
}

void Selector::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  const auto matrix = densify(rows, scratch.b);
  out.dtype = DType::f64;
  out.rows = matrix.rows();
  out.columns = chosen_.size();
  out.f64.resize(out.rows * out.columns);
  double* to = out.f64.data();
  for (std::size_t i = 0; i < out.rows; ++i) {
    for (const auto column : chosen_) *to++ = matrix(i, column);
  }
}

SelectedEstimator::SelectedEstimator(CompiledPtr selector, CompiledPtr inner) : selector_(std::move(selector)), inner_(std::move(inner)) {
  ModelInfo& info = edit_info();
  const ModelInfo& from = inner_->info();
  CHECK(from.n_features == selector_->info().n_outputs);
  info = selector_->info();
  info.task = from.task;
  info.classes = from.classes;
  info.classes_dtype = from.classes_dtype;
  info.output_classes = from.output_classes;
  info.methods = from.methods;
  info.decision_is_ours = from.decision_is_ours;
  std::erase(info.methods, Method::transform);
  info.methods.push_back(Method::transform);
  info.bytes += from.bytes;
}

expected<void, RowError> SelectedEstimator::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(selector_->validate(rows));
  Output chosen;
  Scratch scratch;
  selector_->predict(Method::transform, rows, chosen, scratch);
  return inner_->validate(MatrixView<const double>(chosen.f64.data(), chosen.rows, chosen.columns));
}

void SelectedEstimator::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  if (method == Method::transform) return selector_->predict(method, rows, out, scratch);
  Output& chosen = scratch.held[0];
  selector_->predict(Method::transform, rows, chosen, scratch);
  inner_->predict(method, MatrixView<const double>(chosen.f64.data(), chosen.rows, chosen.columns), out, part(scratch, 0));
}
}  // namespace headroom::model
