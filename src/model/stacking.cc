#include "model/stacking.h"

#include <algorithm>

#include "model/check_rows.h"

namespace headroom::model {
std::size_t Stacking::width_of(const Part& part) {
  if (part.method == Method::predict || !part.member.is_classifier()) return 1;
  const std::size_t classes = part.member.classes.size();
  if (part.method == Method::decision_function) return classes == 2 ? 1 : classes;
  return part.second_only ? 1 : classes;
}

Stacking::Stacking(Spec spec) : spec_(std::move(spec)) {
  ModelInfo& info = edit_info();
  const ModelInfo& last = spec_.last.model->info();
  info.task = last.task;
  info.n_features = spec_.n_features;
  info.methods = last.methods;
  info.decision_is_ours = last.decision_is_ours;
  std::erase(info.methods, Method::transform);
  info.methods.push_back(Method::transform);
  info.bytes = last.bytes;
  for (const auto& part : spec_.parts) {
    width_ += width_of(part);
    info.bytes += part.member.model->info().bytes;
  }
  if (spec_.passthrough) width_ += spec_.n_features;
  CHECK(width_ == last.n_features || last.n_features == 0);
  // Probabilities and labels are no trouble for it; values and decisions may be, and so may the rows themselves.
  constexpr double kMostLabels = 1e6;
  const auto is_small = [](const Part& one) { return one.method == Method::predict_proba || (one.method == Method::predict && one.member.is_classifier()); };
  is_bounded_ = !spec_.passthrough && std::ranges::all_of(spec_.parts, is_small) && spec_.last.model->takes_all_within(kMostLabels);
  info.n_outputs = width_;
}

Rows Stacking::features(const Rows& rows, std::vector<double>& room, Scratch& scratch) const noexcept {
  room.resize(rows.count() * width_);
  std::size_t at = 0;
  for (std::size_t p = 0; p < spec_.parts.size(); ++p) {
    const Part& part_of = spec_.parts[p];
    const Output& answer = ask(part_of.member, part_of.method, rows, part(scratch, 0));
    const std::size_t width = width_of(part_of);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      for (std::size_t k = 0; k < width; ++k) {
        double value = value_at(answer, i * answer.columns + (part_of.second_only ? 1 : k));
        // Labels are the classes' numbers, which the members were fitted on.
        if (part_of.method == Method::predict && part_of.member.is_classifier()) value = static_cast<double>(part_of.member.classes[static_cast<std::size_t>(value)]);
        room[i * width_ + at + k] = value;
      }
    }
    at += width;
  }
  if (spec_.passthrough) {
    const auto matrix = densify(rows, scratch.b);
    for (std::size_t i = 0; i < rows.count(); ++i) std::ranges::copy(matrix.row(i), room.begin() + static_cast<std::ptrdiff_t>(i * width_ + at));
  }
  return {MatrixView<const double>(room.data(), rows.count(), width_)};
}

expected<void, RowError> Stacking::validate(const Rows& rows) const {
  if (rows.width() != info().n_features) return check_rows(rows, info(), Nan::allow, Width::f64);
  for (const auto& part_of : spec_.parts) HEADROOM_TRY_VOID(validate_member(part_of.member, rows));
  if (is_bounded_) return {};
  if (spec_.passthrough && !rows.is_dense() && std::ranges::any_of(rows.columns(), [](const auto& column) { return column.type == ColumnType::text; })) return check_rows(rows, info(), Nan::allow, Width::f64);
  Scratch scratch;
  std::vector<double> room;
  auto valid = validate_member(spec_.last, features(rows, room, scratch));
  const std::size_t first = spec_.passthrough ? width_ - spec_.n_features : width_;
  if (!valid) valid.error().column = valid.error().column >= first ? valid.error().column - first : 0;
  return valid;
}

void Stacking::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  if (method == Method::transform) {
    out.dtype = DType::f64;
    out.rows = rows.count();
    out.columns = width_;
    features(rows, out.f64, scratch);
    return;
  }
  const Rows reached = features(rows, scratch.a, scratch);
  spec_.last.model->predict(method, reached, out, part(scratch, 1));
  if (out.dtype != DType::i64) return;
  for (auto& label : out.i64) label = spec_.last.classes[static_cast<std::size_t>(label)];
}
}  // namespace headroom::model
