#include "model/typed.h"

namespace headroom::model {
namespace {
template <class T>
std::span<const T> cut(std::span<const T> values, std::size_t first, std::size_t count) noexcept {
  return values.empty() ? values : values.subspan(first, count);
}

template <class T>
void append(const std::vector<T>& more, bool is_first, std::vector<T>& all) noexcept {
  if (is_first) all.clear();
  all.insert(all.end(), more.begin(), more.end());
}
}  // namespace

Rows as_rows(const Output& output, std::vector<Column>& columns) noexcept {
  if (output.dtype != DType::typed) return {MatrixView<const double>(output.f64.data(), output.rows, output.columns)};
  columns.clear();
  for (std::size_t j = 0; j < output.columns; ++j) {
    const TypedColumn& from = output.typed[j];
    Column& column = columns.emplace_back();
    column.type = from.type;
    column.f64 = from.f64;
    column.text = from.text;
  }
  return {columns, output.rows};
}

Rows slice(const Rows& rows, std::size_t first, std::size_t count, std::vector<Column>& columns) noexcept {
  if (rows.is_dense()) return {rows.dense().slice(first, count)};
  columns.assign(rows.columns().begin(), rows.columns().end());
  for (Column& column : columns) {
    column.f64 = cut(column.f64, first, count);
    column.f32 = cut(column.f32, first, count);
    column.i64 = cut(column.i64, first, count);
    column.text = cut(column.text, first, count);
  }
  return {columns, count};
}

void append(const Output& more, bool is_first, Output& all) noexcept {
  all.dtype = more.dtype;
  all.columns = more.columns;
  all.rows = (is_first ? 0 : all.rows) + more.rows;
  append(more.f64, is_first, all.f64);
  append(more.f32, is_first, all.f32);
  append(more.i64, is_first, all.i64);
  all.typed.resize(more.typed.size());
  for (std::size_t j = 0; j < more.typed.size(); ++j) {
    all.typed[j].type = more.typed[j].type;
    append(more.typed[j].f64, is_first, all.typed[j].f64);
    append(more.typed[j].text, is_first, all.typed[j].text);
  }
}

Rows choose(const Rows& rows, std::span<const std::uint32_t> chosen, std::vector<double>& dense, std::vector<Column>& columns) noexcept {
  if (!rows.is_dense()) {
    columns.clear();
    for (const auto column : chosen) columns.push_back(rows.columns()[column]);
    return {columns, rows.count()};
  }
  dense.resize(rows.count() * chosen.size());
  double* to = dense.data();
  for (std::size_t i = 0; i < rows.count(); ++i) {
    const auto row = rows.dense().row(i);
    for (const auto column : chosen) *to++ = row[column];
  }
  return {MatrixView<const double>(dense.data(), rows.count(), chosen.size())};
}
}  // namespace headroom::model
