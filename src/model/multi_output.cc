#include "model/multi_output.h"

#include <algorithm>

#include "model/check_rows.h"

namespace headroom::model {
namespace {
/// What one target's model answers of a row: a label's number, the second probability, a decision or a value.
double answer_of(const Target& target, Method method, const Output& answer, std::size_t row) {
  if (method == Method::predict_proba) return value_at(answer, row * answer.columns + 1);
  const double value = value_at(answer, row * answer.columns);
  return method == Method::predict && !target.labels.empty() ? target.labels[static_cast<std::size_t>(value)] : value;
}
}  // namespace

MultiOutput::MultiOutput(std::vector<Target> targets, std::size_t n_features) : targets_(std::move(targets)) {
  CHECK(!targets_.empty());
  ModelInfo& info = edit_info();
  info.task = Task::regression;   // its answers are numbers, a column each
  info.n_features = n_features;
  info.methods = {Method::predict};
  const bool all_have = std::ranges::all_of(targets_, [](const auto& target) { return !target.labels.empty() && target.member.has(Method::predict_proba); });
  if (all_have) info.methods.push_back(Method::predict_proba);
  for (const auto& target : targets_) {
    info.bytes += target.member.model->info().bytes;
    proba_columns_ += target.labels.size();
  }
}

expected<void, RowError> MultiOutput::validate(const Rows& rows) const {
  for (const auto& target : targets_) HEADROOM_TRY_VOID(validate_member(target.member, rows));
  return {};
}

void MultiOutput::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  out.rows = rows.count();
  out.dtype = DType::f64;
  out.columns = method == Method::predict ? targets_.size() : proba_columns_;
  out.f64.resize(out.rows * out.columns);
  std::size_t at = 0;
  for (const auto& target : targets_) {
    const Output& answer = ask(target.member, method, rows, part(scratch, 0));
    const std::size_t width = method == Method::predict ? 1 : target.labels.size();
    for (std::size_t i = 0; i < out.rows; ++i) {
      for (std::size_t k = 0; k < width; ++k) {
        out.f64[i * out.columns + at + k] = method == Method::predict ? answer_of(target, method, answer, i) : value_at(answer, i * width + k);
      }
    }
    at += width;
  }
}

Chain::Chain(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.links.empty() && spec_.order.size() == spec_.links.size());
  ModelInfo& info = edit_info();
  info.task = Task::regression;
  info.n_features = spec_.n_features;
  info.methods = spec_.methods;
  for (const auto& link : spec_.links) info.bytes += link.member.model->info().bytes;
}

expected<void, RowError> Chain::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  return validate_member(spec_.links[0].member, rows);
}

void Chain::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const auto matrix = densify(rows, scratch.b);
  const std::size_t n_links = spec_.links.size();
  const std::size_t most = spec_.n_features + n_links;
  std::vector<double>& seen = scratch.a;      // [rows, most]: the row and what was answered so far
  seen.resize(rows.count() * most);
  for (std::size_t i = 0; i < rows.count(); ++i) std::ranges::copy(matrix.row(i), seen.begin() + static_cast<std::ptrdiff_t>(i * most));
  out.rows = rows.count();
  out.columns = n_links;
  out.dtype = DType::f64;
  out.f64.resize(out.rows * n_links);
  for (std::size_t k = 0; k < n_links; ++k) {
    const std::size_t width = spec_.n_features + k;
    scratch.c.resize(rows.count() * width);
    for (std::size_t i = 0; i < rows.count(); ++i) std::copy_n(seen.data() + i * most, width, scratch.c.data() + i * width);
    const Rows reached(MatrixView<const double>(scratch.c.data(), rows.count(), width));
    const Target& link = spec_.links[k];
    const Output& fed = ask(link.member, spec_.fed, reached, part(scratch, 0));
    for (std::size_t i = 0; i < rows.count(); ++i) seen[i * most + width] = answer_of(link, spec_.fed, fed, i);
    const Output& answer = method == spec_.fed ? fed : ask(link.member, method, reached, part(scratch, 1));
    for (std::size_t i = 0; i < rows.count(); ++i) out.f64[i * n_links + spec_.order[k]] = answer_of(link, method, answer, i);
  }
}
}  // namespace headroom::model
