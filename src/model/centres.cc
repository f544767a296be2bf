#include "model/centres.h"

#include <algorithm>
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
Centres::Centres(Spec spec) : spec_(std::move(spec)) {
  const std::size_t n = spec_.n_features;
  CHECK(n > 0 && !spec_.labels.empty() && spec_.centres.size() == spec_.labels.size() * n);
  for (std::size_t c = 0; c < spec_.labels.size(); ++c) norms_.push_back(dot(spec_.centres.data() + c * n, spec_.centres.data() + c * n, n));
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = n;
  info.methods = {Method::predict};
  if (spec_.has_transform) {
    info.methods.push_back(Method::transform);
    info.n_outputs = spec_.labels.size();
  }
  info.bytes = (spec_.centres.size() + norms_.size()) * sizeof(double) + spec_.labels.size() * sizeof(std::size_t);
}

expected<void, RowError> Centres::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void Centres::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const bool is_label = method == Method::predict;
  CHECK(is_label || (method == Method::transform && spec_.has_transform));
  const auto matrix = densify(rows, scratch.b);
  const std::size_t n = spec_.n_features, count = spec_.labels.size();
  std::int64_t* labels = is_label ? answer_indexes(out, matrix.rows()) : nullptr;
  double* distances = is_label ? nullptr : answer_numbers(out, matrix.rows(), count);
  scratch.a.resize(count);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const double* row = matrix.row(i).data();
    const double own = is_label && !spec_.by_whole_distance ? 0 : dot(row, row, n);
    for (std::size_t c = 0; c < count; ++c) scratch.a[c] = own + -2 * dot(row, spec_.centres.data() + c * n, n) + norms_[c];
    if (is_label) {
      labels[i] = static_cast<std::int64_t>(spec_.labels[static_cast<std::size_t>(std::ranges::min_element(scratch.a) - scratch.a.begin())]);
    } else {
      for (std::size_t c = 0; c < count; ++c) distances[i * count + c] = std::sqrt(std::max(scratch.a[c], 0.0));
    }
  }
}
}  // namespace headroom::model
