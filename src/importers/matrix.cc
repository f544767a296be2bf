#include "importers/matrix.h"

#include <algorithm>
#include <cmath>

#include "formats/error.h"

namespace headroom::importers {
using formats::Kind;

namespace {
bool is_csr(const formats::Value& value) {
  if (!value.is(Kind::object) || !value.callee().is(Kind::global)) return false;
  const auto name = value.callee().text();
  return name.starts_with("scipy.sparse.") && (name.ends_with(".csr_matrix") || name.ends_with(".csr_array"));
}

/// _shape (scipy), a pair of counts.
Read<Matrix> empty_of_shape(const Place& sparse, const Estimator& estimator) {
  HEADROOM_TRY(shape, sparse.need("_shape"));
  if (!shape.value().is(Kind::tuple) || shape.value().items().size() != 2) return shape.mismatch("a pair (rows, columns)");
  HEADROOM_TRY(rows, shape.item(0).count());
  HEADROOM_TRY(columns, shape.item(1).count());
  constexpr std::size_t kMost = 1ULL << 32U;   // so that the product below cannot wrap
  if (rows >= kMost || columns >= kMost) return shape.refuse("a sparse matrix of " + std::to_string(rows) + " by " + std::to_string(columns));
  HEADROOM_TRY_VOID(spend(estimator, rows > 0 && columns > (1ULL << 60U) / rows ? ~0ULL : rows * columns * sizeof(double)));
  return Matrix{rows, columns, std::vector<double>(rows * columns)};
}

Read<std::vector<std::size_t>> all_indexes(const Place& sparse, std::string_view name, std::size_t limit) {
  HEADROOM_TRY(place, sparse.need(name));
  return indexes_of(place, limit);
}

Read<Matrix> dense_of_csr(const Place& sparse, const Estimator& estimator) {
  HEADROOM_TRY(matrix, empty_of_shape(sparse, estimator));
  HEADROOM_TRY(data_place, sparse.need("data"));
  HEADROOM_TRY(data, data_place.numbers());
  HEADROOM_TRY(columns, all_indexes(sparse, "indices", matrix.columns));
  HEADROOM_TRY(starts, all_indexes(sparse, "indptr", data.size() + 1));
  if (columns.size() < data.size() || starts.size() != matrix.rows + 1 || !std::ranges::is_sorted(starts)) {
    return sparse.refuse("the sparse matrix's data, indices and indptr do not fit together");
  }
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    for (std::size_t k = starts[i]; k < starts[i + 1]; ++k) matrix.values[i * matrix.columns + columns[k]] += data[k];
  }
  return std::move(matrix);
}
}  // namespace

Read<Matrix> matrix_of(const Place& place, const Estimator& estimator) {
  if (is_csr(place.value())) return dense_of_csr(place, estimator);
  HEADROOM_TRY(array, place.array());
  if (array->shape.size() != 2) return place.mismatch("a two-dimensional array");
  return rows_of(place, estimator);
}

Read<std::vector<double>> matrix_of(const Place& place, const Estimator& estimator, std::size_t rows, std::size_t columns) {
  HEADROOM_TRY(matrix, matrix_of(place, estimator));
  if (matrix.rows != rows || matrix.columns != columns) {
    return place.refuse("its shape is (" + std::to_string(matrix.rows) + ", " + std::to_string(matrix.columns) + "), but (" + std::to_string(rows) + ", " +
                        std::to_string(columns) + ") is needed");
  }
  return std::move(matrix.values);
}

Read<Matrix> rows_of(const Place& place, const Estimator& estimator) {
  if (is_csr(place.value())) return dense_of_csr(place, estimator);
  HEADROOM_TRY(array, place.array());
  if (array->shape.empty() || array->shape.size() > 2) return place.mismatch("an array of one or two dimensions");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(double)));
  HEADROOM_TRY(values, place.numbers());
  return Matrix{array->shape.size() == 2 ? array->shape[0] : 1, array->shape.back(), std::move(values)};
}

Read<std::vector<double>> spread(const Place& place, std::size_t count) {
  const auto& value = place.value();
  std::vector<double> values;
  if (value.is(Kind::real)) {
    values = {value.real()};
  } else if (value.is(Kind::integer)) {
    values = {static_cast<double>(value.integer())};
  } else {
    HEADROOM_TRY(found, place.numbers());
    values = std::move(found);
  }
  const bool is_scalar = value.array() == nullptr || value.array()->shape.empty();
  if (is_scalar && values.size() == 1) values.assign(count, values[0]);
  if (values.size() != count) return place.refuse(std::to_string(values.size()) + " numbers, but " + std::to_string(count) + " are needed");
  return values;
}

Read<double> number_of(const Place& place) {
  HEADROOM_TRY(values, spread(place, 1));
  return values[0];
}

Read<std::vector<std::size_t>> indexes_of(const Place& place, std::size_t limit) {
  HEADROOM_TRY(array, place.array());
  const bool is_whole = array->dtype.kind == 'i' || array->dtype.kind == 'u';
  if (array->shape.size() != 1 || !is_whole) return place.mismatch("a one-dimensional array of integers");
  std::vector<std::size_t> indexes(array->count());
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const auto index = formats::read_int(array->dtype, array->element(i));
    if (index < 0 || static_cast<std::uint64_t>(index) >= limit) {
      return place.refuse("element " + std::to_string(i) + " is " + std::to_string(index) + ", not in 0…" + std::to_string(limit) + " (excluded)");
    }
    indexes[i] = static_cast<std::size_t>(index);
  }
  return indexes;
}

Read<std::string> word_of(const Estimator& estimator, std::string_view name) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.text();
}

Read<bool> check_width(const Estimator& estimator, std::size_t columns, std::string_view of) {
  const auto stored = estimator.place.find("n_features_in_");
  if (!stored) return true;
  HEADROOM_TRY(n_features, stored->count());
  if (n_features == columns) return true;
  return stored->refuse("n_features_in_ is " + std::to_string(n_features) + ", but " + std::string(of) + " has " + std::to_string(columns) + " columns");
}
}  // namespace headroom::importers
