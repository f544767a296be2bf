#include "model/pipeline.h"

#include <algorithm>
#include <cmath>

#include "model/check_rows.h"

namespace headroom::model {
namespace {
constexpr double kFloatMax = std::numeric_limits<float>::max();

bool all_within(MatrixView<const double> rows, double magnitude) {
  const double* end = rows.data() + rows.rows() * rows.columns();
  return std::all_of(rows.data(), end, [&](double value) { return std::fabs(value) <= magnitude; });   // false for NaN
}

Scratch& part(Scratch& scratch, std::size_t i) {
  while (scratch.parts.size() <= i) scratch.parts.push_back(std::make_unique<Scratch>());
  return *scratch.parts[i];
}
}  // namespace

Pipeline::Pipeline(std::vector<CompiledPtr> steps) : steps_(std::move(steps)) {
  CHECK(!steps_.empty());
  ModelInfo& mine = edit_info();
  mine = steps_.back()->info();
  const ModelInfo& first = steps_.front()->info();
  mine.n_features = first.n_features;
  mine.features = first.features;
  mine.feature_ranges = first.feature_ranges;
  mine.bytes = 0;
  for (const auto& step : steps_) mine.bytes += step->info().bytes;
  for (const double magnitude : {1e6, 1e12, 1e18}) {
    double bound = magnitude;
    for (std::size_t i = 0; i + 1 < steps_.size() && bound < kFloatMax; ++i) bound = steps_[i]->output_bound(bound);
    if (bound < kFloatMax) safe_magnitude_ = magnitude;
  }
}

expected<void, RowError> Pipeline::validate(const Rows& rows) const {
  if (rows.is_dense() && rows.width() == info().n_features && safe_magnitude_ > 0 && all_within(rows.dense(), safe_magnitude_)) return {};
  Scratch scratch;
  Output between;
  std::vector<double> held;
  Rows reached = rows;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    HEADROOM_TRY_VOID(steps_[i]->validate(reached));
    if (i + 1 == steps_.size()) break;
    steps_[i]->predict(Method::transform, reached, between, scratch);
    held.swap(between.f64);
    reached = Rows(MatrixView<const double>(held.data(), between.rows, between.columns));
  }
  return {};
}

void Pipeline::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  Rows reached = rows;
  Output between;
  // a and b in turn hold what a step gives while the next one reads it.
  std::vector<double>* held[] = {&scratch.a, &scratch.c};
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
    std::vector<double>& target = *held[i % 2];
    between.f64.swap(target);
    steps_[i]->predict(Method::transform, reached, between, part(scratch, i));
    between.f64.swap(target);
    reached = Rows(MatrixView<const double>(target.data(), between.rows, between.columns));
  }
  steps_.back()->predict(method, reached, out, part(scratch, steps_.size() - 1));
}

double Pipeline::output_bound(double magnitude) const noexcept {
  for (const auto& step : steps_) magnitude = step->output_bound(magnitude);
  return magnitude;
}
}  // namespace headroom::model
