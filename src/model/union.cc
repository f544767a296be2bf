#include "model/union.h"

#include <algorithm>
#include <cmath>

#include "model/check_rows.h"
#include "model/typed.h"

namespace headroom::model {
Union::Union(std::size_t n_features, std::vector<UnionPart> parts) : parts_(std::move(parts)) {
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = n_features;
  info.methods = {Method::transform};
  for (const auto& part : parts_) {
    CHECK(part.model == nullptr || part.model->info().n_features == part.columns.size());
    CHECK(std::ranges::all_of(part.columns, [&](std::uint32_t column) { return column < n_features; }));
    info.n_outputs += part.model == nullptr ? part.columns.size() : transform_width(part.model->info());
    info.bytes += part.columns.size() * sizeof(part.columns[0]) + (part.model == nullptr ? 0 : part.model->info().bytes);
  }
  CHECK(info.n_outputs > 0);
  merge_kinds();
  merge_examples();
}

/// What the first part that knows something of a feature knows.
void Union::merge_examples() {
  ModelInfo& info = edit_info();
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  info.feature_examples.resize(info.n_features);
  info.feature_ranges.resize(info.n_features, {kUnknown, kUnknown});
  for (const auto& part : parts_) {
    if (part.model == nullptr) continue;
    const ModelInfo& own = part.model->info();
    for (std::size_t k = 0; k < part.columns.size(); ++k) {
      auto& example = info.feature_examples[part.columns[k]];
      auto& range = info.feature_ranges[part.columns[k]];
      if (example.empty() && k < own.feature_examples.size()) example = own.feature_examples[k];
      if (std::isnan(range.low) && k < own.feature_ranges.size()) range = own.feature_ranges[k];
    }
  }
}

/// A feature is what the parts that look at it take it for.
void Union::merge_kinds() {
  ModelInfo& info = edit_info();
  std::vector<FeatureKind> kinds(info.n_features, FeatureKind::any);
  std::vector<bool> in_conflict(info.n_features, false);
  for (const auto& part : parts_) {
    for (std::size_t k = 0; k < part.columns.size(); ++k) {
      FeatureKind kind = FeatureKind::any;
      if (part.model != nullptr) kind = part.model->info().feature_kinds.empty() ? FeatureKind::number : part.model->info().feature_kinds[k];
      FeatureKind& merged = kinds[part.columns[k]];
      if (kind == FeatureKind::any || kind == merged) continue;
      if (merged != FeatureKind::any) in_conflict[part.columns[k]] = true;
      merged = kind;
    }
  }
  for (std::size_t j = 0; j < kinds.size(); ++j) kinds[j] = in_conflict[j] ? FeatureKind::any : kinds[j];
  if (std::ranges::any_of(kinds, [](FeatureKind kind) { return kind != FeatureKind::number; })) info.feature_kinds = std::move(kinds);
}

expected<void, RowError> Union::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_width(rows, info()));
  std::vector<double> dense;
  std::vector<Column> columns;
  for (const auto& part : parts_) {
    if (part.model == nullptr) continue;
    auto done = part.model->validate(choose(rows, part.columns, dense, columns));
    if (done) continue;
    if (done.error().column < part.columns.size()) done.error().column = part.columns[done.error().column];
    return done;
  }
  return {};
}

void Union::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  bool is_typed = false;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    Scratch& own = part(scratch, p);
    const Rows chosen = choose(rows, parts_[p].columns, own.c, own.columns);
    if (parts_[p].model == nullptr) {
      is_typed |= has_text(chosen);
      continue;
    }
    parts_[p].model->predict(Method::transform, chosen, own.held[0], part(own, 0));
    is_typed |= own.held[0].dtype == DType::typed;
  }
  out.rows = rows.count();
  out.columns = info().n_outputs;
  is_typed ? join_typed(rows, out, scratch) : join_numbers(rows, out, scratch);
}

void Union::join_numbers(const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  out.dtype = DType::f64;
  out.f64.resize(out.rows * out.columns);
  std::size_t first = 0;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    const UnionPart& from = parts_[p];
    const Output& given = part(scratch, p).held[0];
    const std::size_t width = from.model == nullptr ? from.columns.size() : given.columns;
    const double weight = from.weight.value_or(1);
    for (std::size_t k = 0; k < width; ++k) {
      double* to = out.f64.data() + first + k;
      if (from.model == nullptr) {
        const Cells cells(rows, from.columns[k]);
        for (std::size_t i = 0; i < out.rows; ++i) to[i * out.columns] = cells.number(i) * weight;
      } else {
        for (std::size_t i = 0; i < out.rows; ++i) to[i * out.columns] = given.f64[i * width + k] * weight;
      }
    }
    first += width;
  }
}

void Union::join_typed(const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  out.dtype = DType::typed;
  out.typed.resize(out.columns);
  std::size_t at = 0;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    const UnionPart& from = parts_[p];
    Scratch& own = part(scratch, p);
    const double weight = from.weight.value_or(1);
    const Rows given = from.model == nullptr ? choose(rows, from.columns, own.c, own.columns) : as_rows(own.held[0], own.columns);
    for (std::size_t k = 0; k < given.width(); ++k, ++at) {
      const Cells cells(given, k);
      TypedColumn& to = out.typed[at];
      to.type = cells.is_text() ? ColumnType::text : ColumnType::f64;
      to.f64.clear();
      to.text.clear();
      for (std::size_t i = 0; i < out.rows; ++i) {
        if (cells.is_text()) {
          to.text.push_back(cells.text(i));
        } else {
          to.f64.push_back(cells.number(i) * weight);
        }
      }
    }
  }
}

double Union::output_bound(double magnitude) const noexcept {
  double bound = 0;
  for (const auto& part : parts_) {
    const double own = part.model == nullptr ? magnitude : part.model->output_bound(magnitude);
    bound = std::max(bound, own * std::fabs(part.weight.value_or(1)));
  }
  return std::isnan(bound) ? std::numeric_limits<double>::infinity() : bound;
}

bool Union::takes_all_within(double magnitude) const noexcept {
  return std::ranges::all_of(parts_, [&](const UnionPart& part) { return part.model == nullptr || part.model->takes_all_within(magnitude); });
}
}  // namespace headroom::model
