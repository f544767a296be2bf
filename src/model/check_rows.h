// The checks on input that scikit-learn's estimators share (check_array), with its messages.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/matrix_view.h"
#include "model/model.h"
#include "model/rows.h"

namespace headroom::model {
enum class Nan : std::uint8_t { refuse, allow };
/// The type that the estimator converts its input to before it looks for infinities.
enum class Width : std::uint8_t { f64, f32 };

/// Number of columns, then in row order the first value that the estimator would refuse: text, NaN unless allowed, infinity, and
/// with Width::f32 what overflows float32.   info: of the model, for its width, feature names and class name.
[[nodiscard]] expected<void, RowError> check_rows(const Rows& rows, const ModelInfo& info, Nan nan, Width width);

/// The parts of it: only the number of columns (a model of 0 features takes any: its file does not tell); also that no cell is text (missing text is, too).
[[nodiscard]] expected<void, RowError> check_width(const Rows& rows, const ModelInfo& info);
[[nodiscard]] expected<void, RowError> check_numbers(const Rows& rows, const ModelInfo& info);
[[nodiscard]] bool has_text(const Rows& rows) noexcept;

/// rows as a dense matrix: themselves, or copied to `buffer` from number columns. rows has no text columns.
[[nodiscard]] MatrixView<const double> densify(const Rows& rows, std::vector<double>& buffer);

/// "column 2 (petal_length)", as messages name it.
[[nodiscard]] std::string column_name(const ModelInfo& info, std::size_t column);
}  // namespace headroom::model
