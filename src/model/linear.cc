#include "model/linear.h"

#include <algorithm>
#include <cmath>

#include "model/check_rows.h"

namespace headroom::model {
namespace {
constexpr std::size_t kLanes = 8;

/// Eight partial sums in a fixed order: a vector unit may do them at once and cannot change the result.
double dot(const double* a, const double* b, std::size_t n) noexcept {
  double lane[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) lane[k] += a[i + k] * b[i + k];
  }
  for (std::size_t k = 0; i < n; ++i, ++k) lane[k] += a[i] * b[i];
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

double logistic(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }

void softmax(std::span<double> values) noexcept {
  const double largest = *std::ranges::max_element(values);
  double sum = 0;
  for (double& value : values) {
    value = std::exp(value - largest);
    sum += value;
  }
  for (double& value : values) value /= sum;
}
}  // namespace

Linear::Linear(Spec spec) : spec_(std::move(spec)) {
  const std::size_t decisions = spec_.n_classes == 2 ? 1 : spec_.n_classes;
  CHECK(spec_.coef.size() == decisions * spec_.n_features && spec_.intercept.size() == decisions && decisions > 0);
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = spec_.n_features;
  info.methods = {Method::predict};
  if (spec_.link != Link::none) info.methods.push_back(Method::predict_proba);
  info.methods.push_back(Method::decision_function);
  info.bytes = (spec_.coef.size() + spec_.intercept.size()) * sizeof(double);
}

expected<void, RowError> Linear::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void Linear::decide(std::span<const double> row, double* out) const noexcept {
  for (std::size_t k = 0; k < spec_.intercept.size(); ++k) {
    out[k] = dot(spec_.coef.data() + k * spec_.n_features, row.data(), spec_.n_features) + spec_.intercept[k];
  }
}

void Linear::probabilities(std::span<const double> decisions, double* out) const noexcept {
  const std::span<double> row(out, spec_.n_classes);
  if (spec_.link == Link::softmax) {
    if (decisions.size() == 1) {
      row[0] = -decisions[0];
      row[1] = decisions[0];
    } else {
      std::ranges::copy(decisions, out);
    }
    return softmax(row);
  }
  if (decisions.size() == 1) {
    row[1] = logistic(decisions[0]);
    row[0] = 1.0 - row[1];
    return;
  }
  double sum = 0;
  for (std::size_t k = 0; k < decisions.size(); ++k) sum += row[k] = logistic(decisions[k]);
  const bool make_uniform = sum == 0 && spec_.zero_row == ZeroRow::uniform;
  for (double& p : row) p = make_uniform ? 1.0 / static_cast<double>(spec_.n_classes) : p / sum;
}

void Linear::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method != Method::transform && (method != Method::predict_proba || spec_.link != Link::none));
  const auto matrix = densify(rows, scratch.b);
  const std::size_t decisions = spec_.intercept.size();
  out.rows = matrix.rows();
  out.dtype = method == Method::predict ? DType::i64 : DType::f64;
  out.columns = method == Method::predict ? 1 : method == Method::predict_proba ? spec_.n_classes : decisions;
  if (method == Method::predict) {
    out.i64.resize(out.rows);
  } else {
    out.f64.resize(out.rows * out.columns);
  }
  scratch.a.resize(decisions);
  const std::span<double> decided(scratch.a);
  for (std::size_t i = 0; i < out.rows; ++i) {
    if (method == Method::decision_function) {
      decide(matrix.row(i), out.f64.data() + i * decisions);
      continue;
    }
    decide(matrix.row(i), decided.data());
    if (method == Method::predict_proba) {
      probabilities(decided, out.f64.data() + i * spec_.n_classes);
    } else {
      out.i64[i] = decisions == 1 ? static_cast<std::int64_t>(decided[0] > 0) : static_cast<std::int64_t>(argmax(decided));
    }
  }
}
}  // namespace headroom::model
