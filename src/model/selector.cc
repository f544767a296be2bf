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
}  // namespace headroom::model
