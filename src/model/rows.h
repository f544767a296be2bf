// Rows on their way into a model: what decode and the readers of .npy and .csv make, and what models take. Borrowed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/matrix_view.h"

namespace headroom::model {
enum class ColumnType : std::uint8_t { f64, f32, i64, text };

/// One column; exactly the span of `type` is filled, one value a row. A missing text cell has data() == nullptr.
struct Column {
  ColumnType type = ColumnType::f64;
  std::span<const double> f64;
  std::span<const float> f32;
  std::span<const std::int64_t> i64;
  std::span<const std::string_view> text;
};

/// Either dense (all numbers, row-major: the fast path) or columns (mixed types). Borrows: the owner outlives it.
class Rows {
 public:
  Rows(MatrixView<const double> dense) : dense_(dense), count_(dense.rows()), width_(dense.columns()) {}  // NOLINT: the common case
  Rows(std::span<const Column> columns, std::size_t count) : columns_(columns), count_(count), width_(columns.size()) {}

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  [[nodiscard]] bool is_dense() const noexcept { return columns_.empty(); }
  /// Only if is_dense().
  [[nodiscard]] MatrixView<const double> dense() const noexcept { return dense_; }
  /// Only if not is_dense().
  [[nodiscard]] std::span<const Column> columns() const noexcept { return columns_; }

 private:
  MatrixView<const double> dense_;
  std::span<const Column> columns_;
  std::size_t count_ = 0;
  std::size_t width_ = 0;
};
}  // namespace headroom::model
