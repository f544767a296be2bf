#include "model/linear.h"

#include <algorithm>
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
std::size_t decisions_of(const Linear::Spec& spec) { return spec.n_classes == 2 && !spec.multilabel ? 1 : spec.n_classes; }
}  // namespace

Linear::Linear(Spec spec) : spec_(std::move(spec)), n_decisions_(decisions_of(spec_)), kernels_(linear_kernels().back()) {
  const std::size_t decisions = n_decisions_;
  CHECK(spec_.coef.size() == decisions * spec_.n_features && spec_.intercept.size() == decisions && decisions > 0);
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = spec_.n_features;
  info.methods = {Method::predict};
  if (spec_.link != Link::none) info.methods.push_back(Method::predict_proba);
  info.methods.push_back(Method::decision_function);
  info.bytes = (spec_.coef.size() + spec_.intercept.size()) * sizeof(double);
  info.kernel = kernels_.name;
  if (decisions == 1) return;
  start_ = spec_.intercept;
  start_.resize((decisions + kDotsTogether - 1) / kDotsTogether * kDotsTogether);
  arrange();
}

/// In place, group by group: the coefficients may be most of what this process holds.
void Linear::arrange() {
  const std::size_t n = spec_.n_features, whole = n_decisions_ / kDotsTogether * kDotsTogether;
  std::vector<double> group(n * kDotsTogether);
  const auto interleave = [&](std::size_t first, std::size_t count) {
    for (std::size_t k = 0; k < count; ++k) {
      const double* coef = spec_.coef.data() + (first + k) * n;
      for (std::size_t j = 0; j < n; ++j) group[j * kDotsTogether + k] = coef[j];
    }
  };
  for (std::size_t first = 0; first < whole; first += kDotsTogether) {
    interleave(first, kDotsTogether);
    std::ranges::copy(group, spec_.coef.begin() + static_cast<std::ptrdiff_t>(first * n));
  }
  if (whole == n_decisions_) return;
  std::ranges::fill(group, 0.0);
  interleave(whole, n_decisions_ - whole);
  last_ = std::move(group);
}

expected<void, RowError> Linear::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

/// out: [rows, n_decisions_].
void Linear::decide(MatrixView<const double> rows, double* out) const noexcept {
  const std::size_t n = spec_.n_features;
  for (std::size_t i = 0; i < rows.rows(); ++i, out += n_decisions_) {
    const double* row = rows.row(i).data();
    if (n_decisions_ == 1) {
      *out = dot(spec_.coef.data(), row, n) + spec_.intercept[0];
      continue;
    }
    for (std::size_t k = 0; k < n_decisions_; k += kDotsTogether) {
      double decisions[kDotsTogether];
      kernels_.dots({weights_of(k), start_.data() + k, n}, row, decisions);
      std::copy_n(decisions, std::min(kDotsTogether, n_decisions_ - k), out + k);
    }
  }
}

/// As links.h's softmax, with the kernels' exponential. Of each row, in place.
void Linear::softmaxes(MatrixView<double> rows) const noexcept {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    double largest = row[0];
    for (const double value : row) largest = largest < value ? value : largest;
    for (double& value : row) value -= largest;
  }
  kernels_.exps(rows.data(), rows.rows() * rows.columns());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    const double sum = numpy_sum(row);
    for (double& value : row) value /= sum;
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
  const bool is_huber = spec_.link == Link::modified_huber;
  const auto probability = [&](double d) { return is_huber ? (std::clamp(d, -1.0, 1.0) + 1.0) / 2.0 : logistic(d); };
  if (decisions.size() == 1) {
    row[1] = probability(decisions[0]);
    row[0] = 1.0 - row[1];
    return;
  }
  for (std::size_t k = 0; k < decisions.size(); ++k) row[k] = probability(decisions[k]);
  normalise(row, is_huber ? ZeroRow::uniform : spec_.zero_row);
}

void Linear::choose(std::span<const double> decisions, std::int64_t* out) const noexcept {
  if (spec_.multilabel || decisions.size() == 1) {
    for (std::size_t k = 0; k < decisions.size(); ++k) out[k] = static_cast<std::int64_t>(decisions[k] > 0);
  } else {
    *out = static_cast<std::int64_t>(argmax(decisions));
  }
}

void Linear::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method != Method::transform && (method != Method::predict_proba || spec_.link != Link::none));
  const auto matrix = densify(rows, scratch.b);
  if (method == Method::decision_function) return decide(matrix, answer_numbers(out, matrix.rows(), n_decisions_));
  if (method == Method::predict_proba) {
    double* answer = answer_numbers(out, matrix.rows(), spec_.n_classes);
    if (spec_.link == Link::softmax && n_decisions_ > 1 && n_decisions_ <= kDotsTogether) {
      return kernels_.softmaxes({weights_of(0), start_.data(), spec_.n_features}, n_decisions_, matrix, answer);
    }
    if (spec_.link == Link::softmax && n_decisions_ > 1) {
      decide(matrix, answer);
      return softmaxes({answer, matrix.rows(), spec_.n_classes});
    }
    scratch.a.resize(matrix.rows() * n_decisions_);
    decide(matrix, scratch.a.data());
    for (std::size_t i = 0; i < out.rows; ++i) probabilities(std::span(scratch.a).subspan(i * n_decisions_, n_decisions_), answer + i * spec_.n_classes);
    return;
  }
  const std::size_t columns = spec_.multilabel ? spec_.n_classes : 1;
  std::int64_t* answer = answer_indexes(out, matrix.rows(), columns);
  scratch.a.resize(matrix.rows() * n_decisions_);
  decide(matrix, scratch.a.data());
  for (std::size_t i = 0; i < out.rows; ++i) choose(std::span(scratch.a).subspan(i * n_decisions_, n_decisions_), answer + i * columns);
}
}  // namespace headroom::model
