// LinearClassifier, LinearRegressor. Source: ONNX Runtime, core/providers/cpu/ml/linearclassifier.cc, linearregressor.cc.
#include "model/tensor_linear.h"

#include <algorithm>

namespace headroom::model {
bool float_rows(const Tensor& x, std::vector<float>& buffer, MatrixView<const float>& rows) {
  if (x.rank() == 0 || x.rank() > 2) return false;
  const std::size_t columns = x.columns();
  const std::size_t count = x.rank() == 1 ? 1 : static_cast<std::size_t>(x.shape[0]);
  const auto copied = [&](const auto& values) {
    buffer.clear();
    for (const auto value : values) buffer.push_back(static_cast<float>(value));
    rows = {buffer.data(), count, columns};
    return true;
  };
  switch (x.element) {
    case Element::f32: rows = {x.f32.data(), count, columns}; return true;
    case Element::f64: return copied(x.f64);
    case Element::i64: return copied(x.i64);
    case Element::i32: return copied(x.i32);
    default: return false;
  }
}

namespace {
/// Scores [rows, intercepts] to `out`.
bool score(const OnnxLinear& spec, const MatrixView<const float>& rows, float* out) {
  const std::size_t targets = spec.intercepts.size();
  if (spec.coefficients.size() != targets * rows.columns()) return false;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    for (std::size_t k = 0; k < targets; ++k) {
      const float* weights = spec.coefficients.data() + k * row.size();
      double sum = static_cast<double>(spec.intercepts[k]);
      for (std::size_t j = 0; j < row.size(); ++j) sum += static_cast<double>(row[j]) * static_cast<double>(weights[j]);
      *out++ = static_cast<float>(sum);
    }
  }
  return true;
}

/// One score alone is left as it is, but for probit.
void finish(PostTransform transform, std::span<float> scores) {
  if (scores.size() > 1) transform_scores(transform, scores);
  else if (transform == PostTransform::probit) scores[0] = onnx_probit(scores[0]);
}

Trouble classify(const OnnxLinear& spec, const Call& call) {
  MatrixView<const float> rows;
  if (!float_rows(*call.in[0], call.scratch.floats, rows)) return kWrongType;
  const std::size_t targets = spec.intercepts.size();
  const bool is_pair = targets == 1 && spec.labels.size() == 2;
  const std::size_t columns = is_pair ? 2 : targets;
  float* out = call.make<float>(1, {static_cast<std::int64_t>(rows.rows()), static_cast<std::int64_t>(columns)});
  if (out == nullptr) return kTooLarge;
  std::vector<float>& scores = call.scratch.more_floats;
  scores.resize(rows.rows() * targets);
  if (!score(spec, rows, scores.data())) return kWrongShape;
  auto& chosen = call.scratch.indexes;
  chosen.clear();
  for (std::size_t i = 0; i < rows.rows(); ++i, out += columns) {
    const auto own = std::span(scores).subspan(i * targets, targets);
    std::size_t best = 0;
    if (targets == 1) best = own[0] > 0 ? 1 : 0;
    for (std::size_t k = 1; k < targets; ++k) best = own[k] > own[best] ? k : best;
    chosen.push_back(static_cast<std::int64_t>(best));
    if (is_pair && spec.transform != PostTransform::probit) {
      out[0] = 1 - own[0];
      out[1] = own[0];
    } else {
      finish(spec.transform, own);
      std::copy(own.begin(), own.end(), out);
    }
  }
  return write_labels(call, spec.labels, chosen);
}

Trouble regress(const OnnxLinear& spec, const Call& call) {
  MatrixView<const float> rows;
  if (!float_rows(*call.in[0], call.scratch.floats, rows)) return kWrongType;
  const std::size_t targets = spec.intercepts.size();
  float* out = call.make<float>(0, {static_cast<std::int64_t>(rows.rows()), static_cast<std::int64_t>(targets)});
  if (out == nullptr) return kTooLarge;
  if (!score(spec, rows, out)) return kWrongShape;
  for (std::size_t i = 0; i < rows.rows(); ++i) finish(spec.transform, {out + i * targets, targets});
  return kFine;
}
}  // namespace

Kernel linear_classifier_kernel(OnnxLinear spec) {
  return [spec = std::make_shared<const OnnxLinear>(std::move(spec))](const Call& call) { return classify(*spec, call); };
}
Kernel linear_regressor_kernel(OnnxLinear spec) {
  return [spec = std::make_shared<const OnnxLinear>(std::move(spec))](const Call& call) { return regress(*spec, call); };
}
}  // namespace headroom::model
