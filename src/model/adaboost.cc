#include "model/adaboost.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/check_rows.h"
#include "model/score_link.h"
#include "model/sums.h"

namespace headroom::model {
AdaBoost::AdaBoost(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.members.empty() && spec_.weights.size() == spec_.members.size() && spec_.n_classes >= 2);
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = spec_.n_features;
  info.methods = {Method::predict, Method::predict_proba, Method::decision_function};
  for (const auto& member : spec_.members) info.bytes += member.model->info().bytes;
}

expected<void, RowError> AdaBoost::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  return validate_members(spec_.members, rows);
}

void AdaBoost::add(std::size_t index, const Rows& rows, double* sums, Scratch& scratch) const noexcept {
  const Member& member = spec_.members[index];
  const std::size_t k = spec_.n_classes;
  const auto others = static_cast<double>(k - 1);
  Scratch& own = part(scratch, 0);
  if (spec_.algorithm != Algorithm::samme_r) {
    const Output& labels = ask(member, Method::predict, rows, own);
    const double weight = spec_.weights[index];
    const double rest = spec_.algorithm == Algorithm::samme ? -1.0 / others * weight : 0.0;
    for (std::size_t i = 0; i < rows.count(); ++i) {
      const std::size_t label = member.classes[static_cast<std::size_t>(value_at(labels, i))];
      for (std::size_t c = 0; c < k; ++c) sums[i * k + c] += c == label ? weight : rest;
    }
    return;
  }
  const Output& answer = ask(member, Method::predict_proba, rows, own);
  scratch.c.resize(k);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    for (std::size_t c = 0; c < k; ++c) scratch.c[c] = numpy_log(std::max(value_at(answer, i * k + c), std::numeric_limits<double>::epsilon()), spec_.log);
    const double mean = 1.0 / static_cast<double>(k) * numpy_sum(scratch.c);
    for (std::size_t c = 0; c < k; ++c) sums[i * k + c] += others * (scratch.c[c] - mean);
  }
}

void AdaBoost::probabilities(double* decisions, double* out) const noexcept {
  const std::size_t k = spec_.n_classes;
  if (k == 2) {
    out[0] = -decisions[0] / 2;
    out[1] = decisions[0] / 2;
  } else {
    for (std::size_t c = 0; c < k; ++c) out[c] = decisions[c] / static_cast<double>(k - 1);
  }
  const double largest = *std::max_element(out, out + k);
  for (std::size_t c = 0; c < k; ++c) out[c] = std::exp(out[c] - largest);
  // The votes lie in columns, which numpy adds one after the other; SAMME.R's in rows.
  double sum = 0;
  for (std::size_t c = 0; c < k; ++c) sum += out[c];
  if (spec_.algorithm == Algorithm::samme_r) sum = numpy_sum({out, k});
  for (std::size_t c = 0; c < k; ++c) out[c] /= sum;
}

void AdaBoost::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t k = spec_.n_classes;
  const std::size_t width = k == 2 ? 1 : k;
  scratch.a.assign(rows.count() * k, 0.0);
  for (std::size_t m = 0; m < spec_.members.size(); ++m) add(m, rows, scratch.a.data(), scratch);
  for (double& sum : scratch.a) sum /= spec_.divisor;
  if (k == 2) {
    for (std::size_t i = 0; i < rows.count(); ++i) scratch.a[i] = -scratch.a[2 * i] + scratch.a[2 * i + 1];
  }
  out.rows = rows.count();
  out.dtype = method == Method::predict ? DType::i64 : DType::f64;
  out.columns = method == Method::predict ? 1 : method == Method::predict_proba ? k : width;
  out.i64.resize(method == Method::predict ? out.rows : 0);
  out.f64.resize(method == Method::predict ? 0 : out.rows * out.columns);
  for (std::size_t i = 0; i < out.rows; ++i) {
    double* decisions = scratch.a.data() + i * width;
    if (method == Method::predict) {
      out.i64[i] = k == 2 ? static_cast<std::int64_t>(decisions[0] > 0) : static_cast<std::int64_t>(argmax(std::span<const double>(decisions, k)));
    } else if (method == Method::predict_proba) {
      probabilities(decisions, out.f64.data() + i * k);
    } else {
      std::copy_n(decisions, width, out.f64.data() + i * width);
    }
  }
}

AdaBoostRegressor::AdaBoostRegressor(std::vector<Member> members, std::vector<double> weights, std::size_t n_features) : members_(std::move(members)), weights_(std::move(weights)) {
  CHECK(!members_.empty() && weights_.size() == members_.size());
  ModelInfo& info = edit_info();
  info.task = Task::regression;
  info.n_features = n_features;
  info.methods = {Method::predict};
  for (const auto& member : members_) info.bytes += member.model->info().bytes;
}

expected<void, RowError> AdaBoostRegressor::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  return validate_members(members_, rows);
}

void AdaBoostRegressor::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict);
  const std::size_t n = members_.size();
  scratch.a.resize(rows.count() * n);
  for (std::size_t m = 0; m < n; ++m) {
    const Output& answer = ask(members_[m], Method::predict, rows, part(scratch, 0));
    for (std::size_t i = 0; i < rows.count(); ++i) scratch.a[i * n + m] = value_at(answer, i);
  }
  out.dtype = DType::f64;
  out.rows = rows.count();
  out.columns = 1;
  out.f64.resize(out.rows);
  scratch.indexes.resize(n);
  for (std::size_t i = 0; i < out.rows; ++i) {
    const double* values = scratch.a.data() + i * n;
    std::iota(scratch.indexes.begin(), scratch.indexes.end(), 0U);
    std::ranges::sort(scratch.indexes, [&](auto a, auto b) { return values[a] < values[b] || (values[a] == values[b] && a < b); });
    double total = 0;
    for (const auto m : scratch.indexes) total += weights_[m];
    double sum = 0;
    std::size_t at = 0;
    while (at + 1 < n && !((sum += weights_[scratch.indexes[at]]) >= 0.5 * total)) ++at;
    out.f64[i] = values[scratch.indexes[at]];
  }
}
}  // namespace headroom::model
