#include "model/multi_output.h"

#include <algorithm>

#include "model/answer.h"
#include "model/check_rows.h"

namespace headroom::model {
namespace {
/// What one link answers of a row: a label's number, the second probability, a decision or a value.
double answer_of(const ChainLink& target, Method method, const Output& answer, std::size_t row) {
  if (method == Method::predict_proba) return value_at(answer, row * answer.columns + 1);
  const double value = value_at(answer, row * answer.columns);
  return method == Method::predict && !target.labels.empty() ? target.labels[static_cast<std::size_t>(value)] : value;
}
}  // namespace

MultiOutput::MultiOutput(std::vector<Member> targets, std::size_t n_features, bool finite_only) : targets_(std::move(targets)), finite_only_(finite_only) {
  CHECK(!targets_.empty());
  const bool is_classifier = targets_[0].is_classifier();
  ModelInfo& info = edit_info();
  info.task = is_classifier ? Task::classification : Task::regression;
  info.n_features = n_features;
  info.methods = {Method::predict};
  if (is_classifier && std::ranges::all_of(targets_, [](const auto& target) { return target.has(Method::predict_proba); })) info.methods.push_back(Method::predict_proba);
  for (const auto& target : targets_) {
    CHECK(target.is_classifier() == is_classifier);
    const ModelInfo& own = target.model->info();
    info.bytes += own.bytes;
    proba_columns_ += target.classes.size();
    if (is_classifier) info.output_classes.push_back({own.classes, own.classes_dtype});
  }
}

expected<void, RowError> MultiOutput::validate(const Rows& rows) const {
  if (finite_only_) HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  return validate_members(targets_, rows);
}

void MultiOutput::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const bool is_proba = method == Method::predict_proba;
  const bool is_label = !is_proba && targets_[0].is_classifier();
  const std::size_t columns = is_proba ? proba_columns_ : targets_.size();
  std::int64_t* labels = is_label ? answer_indexes(out, rows.count(), columns) : nullptr;
  double* numbers = is_label ? nullptr : answer_numbers(out, rows.count(), columns);
  std::size_t at = 0;
  for (const auto& target : targets_) {
    const Output& answer = ask(target, method, rows, part(scratch, 0));
    const std::size_t width = is_proba ? target.classes.size() : 1;
    for (std::size_t i = 0; i < rows.count(); ++i) {
      for (std::size_t k = 0; k < width; ++k) {
        const std::size_t to = i * columns + at + k;
        if (is_label) labels[to] = answer.i64[i];
        else numbers[to] = value_at(answer, i * answer.columns + k);
      }
    }
    at += width;
  }
}

Chain::Chain(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.links.empty() && spec_.order.size() == spec_.links.size());
  ModelInfo& info = edit_info();
  info.task = spec_.is_classifier ? Task::classification : Task::regression;
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
    const ChainLink& link = spec_.links[k];
    const Output& fed = ask(link.member, spec_.fed, reached, part(scratch, 0));
    for (std::size_t i = 0; i < rows.count(); ++i) seen[i * most + width] = answer_of(link, spec_.fed, fed, i);
    const Output& answer = method == spec_.fed ? fed : ask(link.member, method, reached, part(scratch, 1));
    for (std::size_t i = 0; i < rows.count(); ++i) out.f64[i * n_links + spec_.order[k]] = answer_of(link, method, answer, i);
  }
}
}  // namespace headroom::model
