#include "model/booster_input.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
namespace {
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kNone = -1;                                        // a category of no set
constexpr double kTiny = static_cast<double>(1e-35F);               // LightGBM's kZeroThreshold
constexpr double kFirstLostCategory = 16777216;                     // XGBoost: float32 cannot count further

template <class Pairs, class Key>
double look_up(const Pairs& pairs, const Key& key) {
  const auto found = std::lower_bound(pairs.begin(), pairs.end(), key, [](const auto& pair, const Key& wanted) { return pair.first < wanted; });
  return found != pairs.end() && found->first == key ? found->second : kMissing;
}

/// What C++ does with (uint8_t)x on x86: 32 bits of it first.
double low_byte(double x) {
  if (!(std::fabs(x) < 2147483648.0)) return 0;
  return static_cast<double>(static_cast<std::uint8_t>(static_cast<std::int32_t>(x)));
}

double convert(const Input& input, double x) noexcept {
  switch (input.kind) {
    case InputKind::number: return x;
    case InputKind::nan_is_zero: return std::isnan(x) ? 0 : x;
    case InputKind::zero_is_missing: return std::fabs(x) <= kTiny ? kMissing : x;
    case InputKind::lightgbm_category:
      if (!(std::fabs(x) < 2147483648.0) || x <= -1) return kNone;
      return std::trunc(x) + 0.0;
    case InputKind::xgboost_category:
      if (std::isnan(x)) return kMissing;
      return x < 0 || x >= kFirstLostCategory ? kNone : std::trunc(x);
    case InputKind::hist_category:
    case InputKind::hist_byte: break;
  }
  if (!input.categories.empty()) {
    const auto found = std::lower_bound(input.categories.begin(), input.categories.end(), x);
    x = found != input.categories.end() && *found == x ? static_cast<double>(found - input.categories.begin()) : kMissing;
  }
  if (std::isnan(x) || (x < 0 && input.kind == InputKind::hist_category)) return kMissing;
  const double code = low_byte(x);
  return input.known[static_cast<std::size_t>(code)] ? code : kMissing;
}
}  // namespace

double CategoryTable::code_of(std::string_view text) const {
  const double code = look_up(codes, text);
  if (cut.empty() || !std::isnan(code)) return code;
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U; }));
  const auto could_be = [&](const Cut& one) { return one.characters == characters && text.starts_with(one.beginning); };
  const auto found = std::ranges::find_if(cut, could_be);
  return found != cut.end() && std::ranges::count_if(cut, could_be) == 1 ? found->code : kMissing;
}
double CategoryTable::code_of(double number) const { return look_up(numeric, number); }

const CategoryTable* BoosterInputs::table_of(std::size_t column) const {
  for (const auto& table : tables) {
    if (table.column == column) return &table;
  }
  return nullptr;
}

MatrixView<const double> BoosterInputs::densify(const Rows& rows, std::vector<double>& buffer) const {
  const std::size_t width = rows.width();
  if (rows.is_dense()) {
    const bool all_pass = std::ranges::all_of(tables, &CategoryTable::takes_codes);
    if (all_pass) return rows.dense();
    buffer.assign(rows.dense().data(), rows.dense().data() + rows.count() * width);
    for (const auto& table : tables) {
      for (std::size_t i = 0; !table.takes_codes && i < rows.count(); ++i) buffer[i * width + table.column] = kMissing;
    }
    return {buffer.data(), rows.count(), width};
  }
  buffer.resize(rows.count() * width);
  for (std::size_t j = 0; j < width; ++j) {
    const Column& column = rows.columns()[j];
    const CategoryTable* table = table_of(j);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      double& cell = buffer[i * width + j];
      switch (column.type) {
        case ColumnType::f64: cell = column.f64[i]; break;
        case ColumnType::f32: cell = static_cast<double>(column.f32[i]); break;
        case ColumnType::i64: cell = static_cast<double>(column.i64[i]); break;
        case ColumnType::text: cell = column.text[i].data() == nullptr || table == nullptr ? kMissing : table->code_of(column.text[i]); break;
      }
      if (column.type == ColumnType::text || table == nullptr) continue;
      if (!table->numeric.empty()) {
        cell = table->code_of(cell);
      } else if (!table->takes_codes) {
        cell = kMissing;
      }
    }
  }
  return {buffer.data(), rows.count(), width};
}

expected<void, RowError> BoosterInputs::check(const Rows& rows) const {
  for (const auto j : finite) {
    for (std::size_t i = 0; i < rows.count(); ++i) {
      const bool is_infinite = rows.is_dense() ? std::isinf(rows.dense()(i, j)) : rows.columns()[j].type == ColumnType::f64 && std::isinf(rows.columns()[j].f64[i]);
      if (is_infinite) return unexpected(RowError{i, j, "Input X contains infinity or a value too large for dtype('float64')."});
    }
  }
  if (rows.is_dense()) return {};
  for (std::size_t j = 0; j < rows.width(); ++j) {
    const Column& column = rows.columns()[j];
    if (column.type != ColumnType::text) continue;
    const CategoryTable* table = table_of(j);
    for (std::size_t i = 0; i < rows.count(); ++i) {
      const auto text = column.text[i];
      if (text.data() == nullptr) continue;
      if (table == nullptr) {
        const bool is_category = std::ranges::any_of(inputs, [&](const Input& input) { return input.column == j && input.kind == InputKind::xgboost_category; });
        return unexpected(RowError{i, j, is_category ? "the model's file does not hold the names of this column's categories (XGBoost writes them from 3.1 on): give their codes" : "could not convert string to float"});
      }
      if (table->refuse_unknown && std::isnan(table->code_of(text))) return unexpected(RowError{i, j, "Found a category not in the training set"});
    }
  }
  return {};
}

template <class T>
bool BoosterInputs::fill(std::span<const double> row, T* out) const noexcept {
  bool any_missing = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    auto value = static_cast<double>(static_cast<T>(row[inputs[i].column]));
    if (value == missing) value = kMissing;
    if (cut_tiny && std::fabs(value) <= kTiny) value = 0;
    value = convert(inputs[i], value);
    any_missing |= std::isnan(value);
    out[i] = static_cast<T>(value);
  }
  return any_missing;
}
template bool BoosterInputs::fill(std::span<const double> row, float* out) const noexcept;
template bool BoosterInputs::fill(std::span<const double> row, double* out) const noexcept;
}  // namespace headroom::model
