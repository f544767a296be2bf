#include "model/check_rows.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace headroom::model {
namespace {
/// nullptr if the estimator takes `value`.
const char* objection(double value, Nan nan, Width width) {
  if (std::isnan(value)) return nan == Nan::allow ? nullptr : "Input X contains NaN.";
  if (width == Width::f64) return std::isfinite(value) ? nullptr : "Input X contains infinity or a value too large for dtype('float64').";
  return std::isfinite(static_cast<float>(value)) ? nullptr : "Input X contains infinity or a value too large for dtype('float32').";
}

typedef double Pair __attribute__((vector_size(16)));
typedef std::int64_t Bits __attribute__((vector_size(16)));

/// All bits where a value is not objected to.
template <bool allows_nan>
inline Bits is_fine(Pair values, double most) noexcept {
  const auto size = std::bit_cast<Pair>(std::bit_cast<Bits>(values) & 0x7fffffffffffffff);
  return allows_nan ? ~(size > most) : size <= most;
}

/// Whether no value is objected to: the same question for all of them without a branch on each.
template <bool allows_nan>
bool are_fine(std::span<const double> values, double most) noexcept {
  Bits even = ~Bits{}, odd = ~Bits{};
  std::size_t j = 0;
  for (; j + 4 <= values.size(); j += 4) {
    Pair first, second;
    std::memcpy(&first, values.data() + j, sizeof(first));
    std::memcpy(&second, values.data() + j + 2, sizeof(second));
    even &= is_fine<allows_nan>(first, most);
    odd &= is_fine<allows_nan>(second, most);
  }
  for (; j < values.size(); ++j) even &= is_fine<allows_nan>(Pair{values[j], 0}, most);
  even &= odd;
  return (even[0] & even[1]) != 0;
}

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}
}  // namespace

expected<void, RowError> check_width(const Rows& rows, const ModelInfo& info) {
  if (rows.width() == info.n_features || info.n_features == 0) return {};
  return unexpected(RowError{0, 0, "X has " + std::to_string(rows.width()) + " features, but " + info.estimator + " is expecting " +
                                       std::to_string(info.n_features) + " features as input."});
}

// The first cell of a text column that is no number is why the column is text.
expected<void, RowError> check_numbers(const Rows& rows, const ModelInfo& info) {
  HEADROOM_TRY_VOID(check_width(rows, info));
  if (rows.is_dense()) return {};
  for (std::size_t j = 0; j < rows.width(); ++j) {
    const Column& column = rows.columns()[j];
    if (column.type != ColumnType::text || rows.count() == 0) continue;
    std::size_t i = 0;
    while (i + 1 < rows.count() && is_number(column.text[i])) ++i;
    return unexpected(RowError{i, j, "could not convert string to float"});
  }
  return {};
}

bool has_text(const Rows& rows) noexcept {
  return !rows.is_dense() && std::ranges::any_of(rows.columns(), [](const Column& column) { return column.type == ColumnType::text; });
}

expected<void, RowError> check_rows(const Rows& rows, const ModelInfo& info, Nan nan, Width width) {
  // Above it, float32 rounds to infinity: half a unit above its largest number, where a tie goes to the even one, which is infinity.
  constexpr double kMostOfFloat = 0x1.fffffefffffffp127;
  const double most = width == Width::f64 ? std::numeric_limits<double>::max() : kMostOfFloat;
  const auto all_fine = [&](MatrixView<const double> matrix) {
    const std::span<const double> all(matrix.data(), matrix.rows() * matrix.columns());
    return nan == Nan::allow ? are_fine<true>(all, most) : are_fine<false>(all, most);
  };
  if (rows.is_dense() && rows.width() == info.n_features && all_fine(rows.dense())) return {};
  HEADROOM_TRY_VOID(check_numbers(rows, info));
  std::vector<double> buffer;
  const auto matrix = densify(rows, buffer);
  if (all_fine(matrix)) return {};
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const auto row = matrix.row(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (const char* message = objection(row[j], nan, width)) return unexpected(RowError{i, j, message});
    }
  }
  return {};
}

MatrixView<const double> densify(const Rows& rows, std::vector<double>& buffer) {
  if (rows.is_dense()) return rows.dense();
  const auto width = rows.width();
  buffer.resize(rows.count() * width);
  for (std::size_t j = 0; j < width; ++j) {
    const Column& column = rows.columns()[j];
    for (std::size_t i = 0; i < rows.count(); ++i) {
      double& cell = buffer[i * width + j];
      switch (column.type) {
        case ColumnType::f64: cell = column.f64[i]; break;
        case ColumnType::f32: cell = static_cast<double>(column.f32[i]); break;
        case ColumnType::i64: cell = static_cast<double>(column.i64[i]); break;
        case ColumnType::text: CHECK(column.type != ColumnType::text);
      }
    }
  }
  return {buffer.data(), rows.count(), width};
}

std::string column_name(const ModelInfo& info, std::size_t column) {
  std::string name = "column " + std::to_string(column);
  if (column < info.features.size()) name += " (" + info.features[column] + ")";
  return name;
}
}  // namespace headroom::model
