#include "model/pipeline.h"

#include <algorithm>
#include <cmath>

#include "model/check_rows.h"
#include "model/typed.h"

namespace headroom::model {
namespace {
constexpr double kFloatMax = std::numeric_limits<float>::max();
constexpr std::size_t kBlockValues = 1U << 21U;   // doubles that a block of intermediate rows may take

bool all_within(std::span<const double> values, double magnitude) {
  return std::ranges::all_of(values, [&](double value) { return std::fabs(value) <= magnitude; });   // false for NaN
}

bool numbers_within(const Rows& rows, double magnitude) {
  if (rows.is_dense()) return all_within({rows.dense().data(), rows.count() * rows.width()}, magnitude);
  return std::ranges::all_of(rows.columns(), [&](const Column& column) {
    if (column.type == ColumnType::text) return std::ranges::all_of(column.text, [](std::string_view cell) { return cell.data() != nullptr; });
    return column.type == ColumnType::f64 && all_within(column.f64, magnitude);
  });
}
}  // namespace

Pipeline::Pipeline(std::vector<CompiledPtr> steps) : steps_(std::move(steps)) {
  CHECK(!steps_.empty());
  ModelInfo& mine = edit_info();
  mine = steps_.back()->info();
  const ModelInfo& first = steps_.front()->info();
  mine.n_outputs = transform_width(steps_.back()->info());
  mine.n_features = first.n_features;
  mine.features = first.features;
  mine.feature_examples = first.feature_examples;
  mine.feature_kinds = first.feature_kinds;
  mine.feature_ranges = first.feature_ranges;
  mine.bytes = 0;
  std::size_t widest = mine.n_features;
  for (const auto& step : steps_) {
    mine.bytes += step->info().bytes;
    if (step != steps_.back()) widest = std::max(widest, transform_width(step->info()));
  }
  block_rows_ = std::max<std::size_t>(1, kBlockValues / std::max<std::size_t>(1, widest));
  for (const double magnitude : {1e6, 1e12, 1e18}) {
    double bound = magnitude;
    bool is_safe = true;
    for (std::size_t i = 0; i < steps_.size() && is_safe; ++i) {
      is_safe = bound < kFloatMax && (i == 0 || steps_[i]->takes_all_within(bound));
      if (i + 1 < steps_.size()) bound = steps_[i]->output_bound(bound);
    }
    if (is_safe) safe_magnitude_ = magnitude;
  }
}

expected<void, RowError> Pipeline::validate(const Rows& rows) const {
  if (rows.width() == info().n_features && safe_magnitude_ > 0 && numbers_within(rows, safe_magnitude_)) {
    if (rows.is_dense() && steps_.front()->takes_all_within(safe_magnitude_)) return {};
    return steps_.front()->validate(rows);
  }
  HEADROOM_TRY_VOID(steps_.front()->validate(rows));
  if (steps_.size() == 1) return {};
  std::vector<Column> columns;
  for (std::size_t first = 0; first < rows.count(); first += block_rows_) {
    auto done = validate_block(slice(rows, first, std::min(block_rows_, rows.count() - first), columns));
    if (done) continue;
    done.error().row += first;
    return done;
  }
  return {};
}

/// The steps behind the first.
expected<void, RowError> Pipeline::validate_block(const Rows& rows) const {
  Scratch scratch;
  Rows reached = rows;
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
    Output& target = scratch.held[i % 2];
    steps_[i]->predict(Method::transform, reached, target, part(scratch, i));
    reached = as_rows(target, scratch.columns);
    HEADROOM_TRY_VOID(steps_[i + 1]->validate(reached));
  }
  return {};
}

void Pipeline::predict_block(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  Rows reached = rows;
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
    Output& target = scratch.held[i % 2];
    steps_[i]->predict(Method::transform, reached, target, part(scratch, i));
    reached = as_rows(target, scratch.columns);
  }
  steps_.back()->predict(method, reached, out, part(scratch, steps_.size() - 1));
}

void Pipeline::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  if (rows.count() <= block_rows_ || steps_.size() == 1) return predict_block(method, rows, out, scratch);
  Scratch& block = part(scratch, steps_.size());
  for (std::size_t first = 0; first < rows.count(); first += block_rows_) {
    predict_block(method, slice(rows, first, std::min(block_rows_, rows.count() - first), block.columns), block.held[0], scratch);
    append(block.held[0], first == 0, out);
  }
}

double Pipeline::output_bound(double magnitude) const noexcept {
  for (const auto& step : steps_) magnitude = step->output_bound(magnitude);
  return magnitude;
}

bool Pipeline::takes_all_within(double magnitude) const noexcept {
  return magnitude <= safe_magnitude_ && steps_.front()->takes_all_within(safe_magnitude_);
}
}  // namespace headroom::model
