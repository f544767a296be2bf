// Rows between the steps of a pipeline: what one transform gives as what the next one takes.
#pragma once
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// The answer of a transform (f64 or typed) as rows. columns: memory for a typed one. Both outlive the rows.
[[nodiscard]] Rows as_rows(const Output& output, std::vector<Column>& columns) noexcept;

/// Rows [first, first + count). columns: memory for rows that are not dense.
[[nodiscard]] Rows slice(const Rows& rows, std::size_t first, std::size_t count, std::vector<Column>& columns) noexcept;

/// `more` behind what `all` has; is_first: all is replaced. Both answer the same method.
void append(const Output& more, bool is_first, Output& all) noexcept;

/// Only some columns of rows, in the order of `chosen`. dense: memory for them if rows are dense, columns if not.
[[nodiscard]] Rows choose(const Rows& rows, std::span<const std::uint32_t> chosen, std::vector<double>& dense, std::vector<Column>& columns) noexcept;

/// The number in a cell of a number column.
[[nodiscard]] inline double number_at(const Column& column, std::size_t row) noexcept {
  switch (column.type) {
    case ColumnType::f64: return column.f64[row];
    case ColumnType::f32: return static_cast<double>(column.f32[row]);
    case ColumnType::i64: return static_cast<double>(column.i64[row]);
    case ColumnType::text: break;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

/// One column of rows that may be dense.
class Cells {
 public:
  Cells(const Rows& rows, std::size_t column) noexcept {
    if (rows.is_dense()) {
      dense_ = rows.dense().data() + column;
      stride_ = rows.width();
    } else {
      column_ = &rows.columns()[column];
    }
  }
  [[nodiscard]] bool is_text() const noexcept { return column_ != nullptr && column_->type == ColumnType::text; }
  [[nodiscard]] double number(std::size_t row) const noexcept { return column_ == nullptr ? dense_[row * stride_] : number_at(*column_, row); }
  [[nodiscard]] std::string_view text(std::size_t row) const noexcept { return column_->text[row]; }   // only if is_text()

 private:
  const double* dense_ = nullptr;
  std::size_t stride_ = 0;
  const Column* column_ = nullptr;
};
}  // namespace headroom::model
