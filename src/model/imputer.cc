#include "model/imputer.h"

#include <algorithm>
#include <cmath>

#include "model/check_rows.h"

namespace headroom::model {
Imputer::Imputer(Spec spec) : spec_(std::move(spec)) {
  CHECK(spec_.kept.size() == spec_.statistics.size() && spec_.kept.size() + spec_.indicated.size() > 0);
  const auto* number = std::get_if<double>(&spec_.missing);
  nan_is_missing_ = std::holds_alternative<std::monostate>(spec_.missing) || (number != nullptr && std::isnan(*number));
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = spec_.n_features;
  info.n_outputs = spec_.kept.size() + spec_.indicated.size();
  info.methods = {Method::transform};
  info.bytes = info.n_outputs * (sizeof(Category) + sizeof(std::uint32_t));
  const bool is_text = std::holds_alternative<std::string>(spec_.missing) || std::ranges::any_of(spec_.statistics, [](const auto& s) { return std::holds_alternative<std::string>(s); });
  if (!is_text) return;
  info.feature_kinds.assign(spec_.n_features, FeatureKind::any);
  info.feature_examples.resize(spec_.n_features);
  for (std::size_t k = 0; k < spec_.kept.size(); ++k) {
    const auto& statistic = spec_.statistics[k];
    if (const auto* text = std::get_if<std::string>(&statistic)) {
      info.feature_kinds[spec_.kept[k]] = FeatureKind::text;
      info.feature_examples[spec_.kept[k]] = *text;
    }
    if (std::holds_alternative<double>(statistic)) info.feature_kinds[spec_.kept[k]] = FeatureKind::number;
  }
}

bool Imputer::is_missing(const Cells& cells, std::size_t row) const noexcept {
  if (cells.is_text()) {
    const auto text = cells.text(row);
    if (nan_is_missing_) return text.data() == nullptr;
    const auto* wanted = std::get_if<std::string>(&spec_.missing);
    return wanted != nullptr && text.data() != nullptr && text == *wanted;
  }
  if (nan_is_missing_) return std::isnan(cells.number(row));
  const auto* wanted = std::get_if<double>(&spec_.missing);
  return wanted != nullptr && cells.number(row) == *wanted;
}

const char* Imputer::objection(const Cells& cells, std::size_t row, bool is_indicated) const noexcept {
  if (cells.is_text()) {
    if (!nan_is_missing_ && cells.text(row).data() == nullptr) return "Input X contains NaN.";
  } else {
    const double value = cells.number(row);
    if (std::isinf(value) && !spec_.takes_infinite) return "Input X contains infinity or a value too large for dtype('float64').";
    if (!nan_is_missing_ && std::isnan(value) && !spec_.takes_infinite) return "Input X contains NaN.";
  }
  if (spec_.nothing_new && !is_indicated && is_missing(cells, row)) return "The feature has a missing value in transform but had no missing values in fit.";
  return nullptr;
}

expected<void, RowError> Imputer::validate(const Rows& rows) const {
  if (info().feature_kinds.empty()) HEADROOM_TRY_VOID(check_numbers(rows, info()));
  HEADROOM_TRY_VOID(check_width(rows, info()));
  for (std::size_t j = 0; j < rows.width(); ++j) {
    const Cells cells(rows, j);
    if (!info().feature_kinds.empty() && info().feature_kinds[j] == FeatureKind::number && cells.is_text()) {
      return unexpected(RowError{0, j, "could not convert string to float"});
    }
    const bool is_indicated = std::ranges::find(spec_.indicated, j) != spec_.indicated.end();
    for (std::size_t i = 0; i < rows.count(); ++i) {
      if (const char* message = objection(cells, i, is_indicated)) return unexpected(RowError{i, j, message});
    }
  }
  return {};
}

void Imputer::fill_numbers(const Rows& rows, Output& out) const noexcept {
  out.dtype = DType::f64;
  out.f64.resize(out.rows * out.columns);
  for (std::size_t k = 0; k < spec_.kept.size(); ++k) {
    const Cells cells(rows, spec_.kept[k]);
    const double* statistic = std::get_if<double>(&spec_.statistics[k]);
    for (std::size_t i = 0; i < out.rows; ++i) out.f64[i * out.columns + k] = is_missing(cells, i) && statistic != nullptr ? *statistic : cells.number(i);
  }
  for (std::size_t k = 0; k < spec_.indicated.size(); ++k) {
    const Cells cells(rows, spec_.indicated[k]);
    for (std::size_t i = 0; i < out.rows; ++i) out.f64[i * out.columns + spec_.kept.size() + k] = is_missing(cells, i) ? 1 : 0;
  }
}

void Imputer::fill_typed(const Rows& rows, Output& out) const noexcept {
  out.dtype = DType::typed;
  out.typed.resize(out.columns);
  for (std::size_t k = 0; k < out.columns; ++k) {
    const bool is_kept = k < spec_.kept.size();
    const Cells cells(rows, is_kept ? spec_.kept[k] : spec_.indicated[k - spec_.kept.size()]);
    TypedColumn& to = out.typed[k];
    to.type = is_kept && cells.is_text() ? ColumnType::text : ColumnType::f64;
    to.f64.clear();
    to.text.clear();
    for (std::size_t i = 0; i < out.rows; ++i) {
      const bool missing = is_missing(cells, i);
      if (!is_kept) {
        to.f64.push_back(missing ? 1 : 0);
      } else if (to.type == ColumnType::text) {
        const auto* statistic = std::get_if<std::string>(&spec_.statistics[k]);
        to.text.push_back(missing && statistic != nullptr ? std::string_view(*statistic) : cells.text(i));
      } else {
        const auto* statistic = std::get_if<double>(&spec_.statistics[k]);
        to.f64.push_back(missing && statistic != nullptr ? *statistic : cells.number(i));
      }
    }
  }
}

void Imputer::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  static_cast<void>(scratch);
  out.rows = rows.count();
  out.columns = info().n_outputs;
  has_text(rows) ? fill_typed(rows, out) : fill_numbers(rows, out);
}

double Imputer::output_bound(double magnitude) const noexcept {
  for (const auto& statistic : spec_.statistics) {
    if (const auto* number = std::get_if<double>(&statistic)) magnitude = std::isnan(*number) ? std::numeric_limits<double>::infinity() : std::max(magnitude, std::fabs(*number));
  }
  return std::max(1.0, magnitude);
}

bool Imputer::takes_all_within(double magnitude) const noexcept { return !spec_.nothing_new && magnitude >= 0; }
}  // namespace headroom::model
