// Making room for an answer.
#pragma once
#include "model/compiled.h"

namespace headroom::model {
/// Shapes `out` to f64 [rows, columns] and gives its first value.
[[nodiscard]] inline double* answer_numbers(Output& out, std::size_t rows, std::size_t columns) {
  out.dtype = DType::f64;
  out.rows = rows;
  out.columns = columns;
  out.f64.resize(rows * columns);
  return out.f64.data();
}

/// Shapes `out` to i64 [rows, columns] and gives its first value.
[[nodiscard]] inline std::int64_t* answer_indexes(Output& out, std::size_t rows, std::size_t columns = 1) {
  out.dtype = DType::i64;
  out.rows = rows;
  out.columns = columns;
  out.i64.resize(rows * columns);
  return out.i64.data();
}
}  // namespace headroom::model
