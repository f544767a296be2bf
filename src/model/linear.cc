#include "model/linear.h"

#include <algorithm>
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"

namespace headroom::model {
namespace {
std::size_t decisions_of(const Linear::Spec& spec) { return spec.n_classes == 2 && !spec.multilabel ? 1 : spec.n_classes; }
}  // namespace

Linear::Linear(Spec spec) : spec_(std::move(spec)) {
  const std::size_t decisions = decisions_of(spec_);
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
  const std::size_t decisions = spec_.intercept.size();
  if (method == Method::decision_function) {
    double* answer = answer_numbers(out, matrix.rows(), decisions);
    for (std::size_t i = 0; i < out.rows; ++i) decide(matrix.row(i), answer + i * decisions);
    return;
  }
  scratch.a.resize(decisions);
  const std::span<double> decided(scratch.a);
  if (method == Method::predict_proba) {
    double* answer = answer_numbers(out, matrix.rows(), spec_.n_classes);
    for (std::size_t i = 0; i < out.rows; ++i) {
      decide(matrix.row(i), decided.data());
      probabilities(decided, answer + i * spec_.n_classes);
    }
    return;
  }
  const std::size_t columns = spec_.multilabel ? spec_.n_classes : 1;
  std::int64_t* answer = answer_indexes(out, matrix.rows(), columns);
  for (std::size_t i = 0; i < out.rows; ++i) {
    decide(matrix.row(i), decided.data());
    choose(decided, answer + i * columns);
  }
}
}  // namespace headroom::model
