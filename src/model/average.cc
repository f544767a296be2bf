#include "model/average.h"

#include <algorithm>

#include "model/answer.h"

namespace headroom::model {
Average::Average(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.members.empty());
  ModelInfo& info = edit_info();
  info.task = spec_.ballot == Ballot::values ? Task::regression : Task::classification;
  info.n_features = spec_.n_features;
  info.methods = {Method::predict};
  if (spec_.ballot == Ballot::probabilities) info.methods.push_back(Method::predict_proba);
  if (spec_.has_decision) info.methods.push_back(Method::decision_function);
  if (spec_.has_transform) {
    info.methods.push_back(Method::transform);
    info.n_outputs = spec_.members.size() * (spec_.ballot == Ballot::probabilities ? spec_.n_classes : 1);
  }
  info.predict_is_first_largest = spec_.ballot == Ballot::probabilities;
  for (const auto& member : spec_.members) info.bytes += member.model->info().bytes;
}

expected<void, RowError> Average::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_width(rows, info()));
  return validate_members(spec_.members, rows);
}

void Average::add(Method method, std::size_t index, const Rows& rows, std::size_t width, double* sums, Scratch& own) const noexcept {
  const Member& member = spec_.members[index];
  const double weight = spec_.weights.empty() ? 1 : spec_.weights[index];
  const bool votes = method != Method::decision_function && spec_.ballot != Ballot::values && (spec_.ballot == Ballot::labels || !member.has(Method::predict_proba));
  if (votes) {
    const Output& labels = ask(member, Method::predict, rows, own);
    for (std::size_t i = 0; i < rows.count(); ++i) sums[i * width + member.classes[static_cast<std::size_t>(value_at(labels, i))]] += weight;
    return;
  }
  const bool is_proba = method != Method::decision_function && spec_.ballot == Ballot::probabilities;
  const Output& answer = ask(member, is_proba ? Method::predict_proba : Method::decision_function, rows, own);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    for (std::size_t k = 0; k < answer.columns; ++k) {
      const double value = value_at(answer, i * answer.columns + k);
      sums[i * width + (is_proba ? member.classes[k] : k)] += spec_.weights.empty() ? value : value * weight;
    }
  }
}

void Average::side_by_side(const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t width = spec_.ballot == Ballot::probabilities ? spec_.n_classes : 1;
  const std::size_t whole = width * spec_.members.size();
  double* values = answer_numbers(out, rows.count(), whole);
  for (std::size_t m = 0; m < spec_.members.size(); ++m) {
    const Member& member = spec_.members[m];
    const Output& answer = ask(member, spec_.ballot == Ballot::probabilities ? Method::predict_proba : Method::predict, rows, part(scratch, 0));
    for (std::size_t i = 0; i < rows.count(); ++i) {
      for (std::size_t k = 0; k < width; ++k) {
        const double value = value_at(answer, i * answer.columns + k);
        values[i * whole + m * width + k] = spec_.ballot == Ballot::labels ? static_cast<double>(member.classes[static_cast<std::size_t>(value)]) : value;
      }
    }
  }
}

/// A file may hold members of different numbers of outputs: then those of the first are given.
void Average::mean_of_values(const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  for (std::size_t m = 0; m < spec_.members.size(); ++m) {
    const Output& answer = ask(spec_.members[m], Method::predict, rows, part(scratch, 0));
    if (m == 0) {
      double* sums = answer_numbers(out, rows.count(), answer.columns);
      std::fill_n(sums, rows.count() * answer.columns, 0.0);
    }
    for (std::size_t i = 0; i < rows.count(); ++i) {
      for (std::size_t k = 0; k < std::min(out.columns, answer.columns); ++k) {
        const double value = value_at(answer, i * answer.columns + k);
        out.f64[i * out.columns + k] += spec_.weights.empty() ? value : value * spec_.weights[m];
      }
    }
  }
  for (double& sum : out.f64) sum /= spec_.divisor;
}

void Average::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  if (method == Method::transform) return side_by_side(rows, out, scratch);
  if (spec_.ballot == Ballot::values) return mean_of_values(rows, out, scratch);
  const bool is_label = method == Method::predict;
  std::size_t width = spec_.n_classes;
  if (method == Method::decision_function && spec_.n_classes == 2) width = 1;
  std::vector<double>& sums = is_label ? scratch.a : out.f64;
  sums.assign(rows.count() * width, 0.0);
  for (std::size_t m = 0; m < spec_.members.size(); ++m) add(method, m, rows, width, sums.data(), part(scratch, 0));
  if (spec_.ballot != Ballot::labels) {
    for (double& sum : sums) sum /= spec_.divisor;
  }
  out.rows = rows.count();
  out.columns = is_label ? 1 : width;
  out.dtype = is_label ? DType::i64 : DType::f64;
  if (!is_label) return;
  out.i64.resize(rows.count());
  for (std::size_t i = 0; i < rows.count(); ++i) out.i64[i] = static_cast<std::int64_t>(argmax(std::span<const double>(sums).subspan(i * width, width)));
}
}  // namespace headroom::model
