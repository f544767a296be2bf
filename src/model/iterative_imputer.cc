#include "model/iterative_imputer.h"

#include <algorithm>

#include "model/answer.h"
#include "model/check_rows.h"

namespace headroom::model {
namespace {
/// One step of one row. cells: of the kept features.
void impute(const IterativeImputer::Step& step, std::span<double> cells, Scratch& own) noexcept {
  const Rows one(MatrixView<const double>(cells.data(), 1, cells.size()));
  const double value = value_at(ask(step.regressor, Method::predict, one, own), 0);
  cells[step.feature] = std::isnan(value) ? value : std::min(std::max(value, step.low), step.high);   // numpy.clip, also of limits that cross
}
}  // namespace

IterativeImputer::IterativeImputer(Spec spec) : spec_(std::move(spec)) {
  const std::size_t width = spec_.kept.size();
  CHECK(width > 0 && spec_.statistics.size() == width && spec_.imputed.size() == width);
  for (const auto& step : spec_.steps) CHECK(step.feature < width && spec_.imputed[step.feature]);
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = spec_.n_features;
  info.n_outputs = width + spec_.indicated.size();
  info.methods = {Method::transform};
  info.bytes = width * 16;
  for (const auto& step : spec_.steps) info.bytes += step.regressor.model->info().bytes;
}

bool IterativeImputer::has_any(MatrixView<const double> rows) const noexcept {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    for (std::size_t k = 0; k < spec_.kept.size(); ++k) {
      if (!spec_.imputed[k] || !spec_.is_missing(row[spec_.kept[k]])) return true;
    }
  }
  return false;
}

void IterativeImputer::start(std::span<const double> row, double* out) const noexcept {
  for (std::size_t k = 0; k < spec_.kept.size(); ++k) {
    const double cell = row[spec_.kept[k]];
    out[k] = spec_.is_missing(cell) ? spec_.statistics[k] : cell;
  }
}

expected<void, RowError> IterativeImputer::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_rows(rows, info(), std::isnan(spec_.missing) ? Nan::allow : Nan::refuse, Width::f64));
  std::vector<double> buffer;
  const auto matrix = densify(rows, buffer);
  if (spec_.steps.empty() || !has_any(matrix)) return {};
  std::vector<double> cells(spec_.kept.size());
  Scratch own;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    start(matrix.row(i), cells.data());
    for (const auto& step : spec_.steps) {
      if (!spec_.is_missing(matrix.row(i)[spec_.kept[step.feature]])) continue;
      auto valid = validate_member(step.regressor, Rows(MatrixView<const double>(cells.data(), 1, cells.size())));
      if (!valid) {
        RowError error = valid.error();
        error.row = i;
        error.column = error.column < spec_.kept.size() ? spec_.kept[error.column] : spec_.n_features;
        return unexpected(std::move(error));
      }
      impute(step, cells, own);
    }
  }
  return {};
}

void IterativeImputer::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  const auto matrix = densify(rows, scratch.b);
  const std::size_t width = spec_.kept.size();
  const bool iterates = has_any(matrix);
  double* answer = answer_numbers(out, matrix.rows(), info().n_outputs);
  for (std::size_t i = 0; i < matrix.rows(); ++i, answer += info().n_outputs) {
    const auto row = matrix.row(i);
    start(row, answer);
    for (std::size_t s = 0; iterates && s < spec_.steps.size(); ++s) {
      const auto& step = spec_.steps[s];
      if (spec_.is_missing(row[spec_.kept[step.feature]])) impute(step, {answer, width}, part(scratch, 0));
    }
    for (std::size_t k = 0; k < spec_.indicated.size(); ++k) answer[width + k] = spec_.is_missing(row[spec_.indicated[k]]) ? 1 : 0;
  }
}
}  // namespace headroom::model
