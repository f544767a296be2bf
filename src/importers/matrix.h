// Matrices and vectors of learned numbers, in the shapes that estimators store them in.
#pragma once
#include <cstddef>
#include <vector>

#include "importers/estimator.h"

namespace headroom::importers {
/// Row-major.
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;
};

/// A two-dimensional array, or a scipy.sparse CSR matrix made dense. Its bytes are taken off the budget.
[[nodiscard]] Read<Matrix> matrix_of(const Place& place, const Estimator& estimator);
/// The same of exactly this shape.
[[nodiscard]] Read<std::vector<double>> matrix_of(const Place& place, const Estimator& estimator, std::size_t rows, std::size_t columns);
/// The same; a vector is a matrix of one row.
[[nodiscard]] Read<Matrix> rows_of(const Place& place, const Estimator& estimator);

/// `count` numbers: an array of so many elements of any shape; or one number (also an array of shape ()) that stands for all of them.
[[nodiscard]] Read<std::vector<double>> spread(const Place& place, std::size_t count);
/// A number: real, integer, or an array of one.
[[nodiscard]] Read<double> number_of(const Place& place);
/// Integers ≥ 0 and < limit of a one-dimensional array.
[[nodiscard]] Read<std::vector<std::size_t>> indexes_of(const Place& place, std::size_t limit);

/// A parameter that is one of a few words.
[[nodiscard]] Read<std::string> word_of(const Estimator& estimator, std::string_view name);
/// Refuses an n_features_in_ (where there is one) that is not `columns`, the width of `of`.
[[nodiscard]] Read<bool> check_width(const Estimator& estimator, std::size_t columns, std::string_view of);
}  // namespace headroom::importers
