#include "model/member.h"

#include <algorithm>

namespace headroom::model {
namespace {
/// The member's columns of the rows; numbers are copied to `held`, other columns are views in `views`.
Rows select(const Member& member, const Rows& rows, std::vector<double>& held, std::vector<Column>& views) {
  if (member.columns.empty()) return rows;
  const std::size_t width = member.columns.size();
  if (!rows.is_dense()) {
    for (const auto column : member.columns) views.push_back(rows.columns()[column]);
    return {views, rows.count()};
  }
  held.resize(rows.count() * width);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    const auto row = rows.dense().row(i);
    for (std::size_t j = 0; j < width; ++j) held[i * width + j] = row[member.columns[j]];
  }
  return {MatrixView<const double>(held.data(), rows.count(), width)};
}
}  // namespace

bool Member::has(Method method) const {
  if (method == Method::decision_function && model->info().decision_is_ours) return false;
  return std::ranges::find(model->info().methods, method) != model->info().methods.end();
}

const Output& ask(const Member& member, Method method, const Rows& rows, Scratch& own) noexcept {
  std::vector<Column> views;
  member.model->predict(method, select(member, rows, own.selected, views), own.answer, own);
  return own.answer;
}

double value_at(const Output& answer, std::size_t i) noexcept {
  switch (answer.dtype) {
    case DType::f64: return answer.f64[i];
    case DType::f32: return static_cast<double>(answer.f32[i]);
    case DType::i64:
    case DType::typed: break;   // no part answers text
  }
  return static_cast<double>(answer.i64[i]);
}

void ask_labels(const Member& member, const Rows& rows, std::size_t* out, Scratch& own) noexcept {
  const Output& answer = ask(member, Method::predict, rows, own);
  for (std::size_t i = 0; i < answer.rows; ++i) out[i] = member.classes[static_cast<std::size_t>(value_at(answer, i))];
}

void ask_score(const Member& member, const Rows& rows, double* out, Scratch& own) noexcept {
  const Method method = !member.is_classifier() ? Method::predict : member.has(Method::decision_function) ? Method::decision_function : Method::predict_proba;
  const Output& answer = ask(member, method, rows, own);
  const std::size_t at = method == Method::predict_proba ? 1 : 0;
  for (std::size_t i = 0; i < answer.rows; ++i) out[i] = value_at(answer, i * answer.columns + at);
}

expected<void, RowError> validate_member(const Member& member, const Rows& rows) {
  std::vector<double> held;
  std::vector<Column> views;
  auto valid = member.model->validate(select(member, rows, held, views));
  if (!valid && !member.columns.empty() && valid.error().column < member.columns.size()) valid.error().column = member.columns[valid.error().column];
  return valid;
}

expected<void, RowError> validate_members(std::span<const Member> members, const Rows& rows) {
  for (const auto& member : members) HEADROOM_TRY_VOID(validate_member(member, rows));
  return {};
}

bool members_take_all(std::span<const Member> members, double magnitude) noexcept {
  return std::ranges::all_of(members, [&](const auto& member) { return member.model->takes_all_within(magnitude); });
}
}  // namespace headroom::model
