#include "model/linear_booster.h"

#include <algorithm>
#include <cmath>

#include "model/check_rows.h"

namespace headroom::model {
LinearBooster::LinearBooster(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.bias.empty() && spec_.weights.size() == spec_.n_features * spec_.bias.size());
  ModelInfo& info = edit_info();
  info.task = spec_.link.answer == Answer::values ? Task::regression : Task::classification;
  info.n_features = spec_.n_features;
  info.methods = spec_.link.methods();
  info.bytes = (spec_.weights.size() + spec_.bias.size()) * sizeof(float);
}

expected<void, RowError> LinearBooster::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::allow, Width::f32); }

void LinearBooster::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method != Method::transform);
  const auto matrix = densify(rows, scratch.b);
  const std::size_t groups = spec_.bias.size();
  const bool is_label = method == Method::predict && spec_.link.is_classifier();
  const std::size_t columns = spec_.link.columns(groups);
  const bool is_multilabel = method == Method::predict && spec_.link.answer == Answer::labels;
  out.rows = matrix.rows();
  out.dtype = is_label ? DType::i64 : is_multilabel ? DType::f64 : DType::f32;
  out.columns = is_label ? 1 : method == Method::predict_proba ? columns : groups;
  scratch.scores.resize(groups + columns);
  float* scores = scratch.scores.data();
  float* room = scores + groups;
  if (is_label) out.i64.resize(out.rows);
  if (out.dtype == DType::f32) out.f32.resize(out.rows * out.columns);
  if (out.dtype == DType::f64) out.f64.resize(out.rows * out.columns);
  for (std::size_t i = 0; i < out.rows; ++i) {
    const auto row = matrix.row(i);
    for (std::size_t k = 0; k < groups; ++k) {
      float sum = spec_.bias[k];
      for (std::size_t j = 0; j < row.size(); ++j) {
        const auto value = static_cast<float>(row[j]);
        if (!std::isnan(value) && value != spec_.missing) sum += value * spec_.weights[j * groups + k];
      }
      scores[k] = sum;
    }
    const std::span<const float> found(scores, groups);
    if (is_label) {
      out.i64[i] = spec_.link.label(found, room);
      continue;
    }
    if (method == Method::decision_function) {
      std::copy_n(scores, groups, out.f32.data() + i * groups);
      continue;
    }
    spec_.link.probabilities(found, is_multilabel ? room : out.f32.data() + i * out.columns);
    for (std::size_t k = 0; is_multilabel && k < groups; ++k) out.f64[i * groups + k] = room[k] > 0.5F ? 1 : 0;
  }
}
}  // namespace headroom::model
