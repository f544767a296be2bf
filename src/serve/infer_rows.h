// Tensors → the rows that a model takes.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "model/rows.h"
#include "serve/served_model.h"
#include "serve/tensor.h"
#include "serve/typed_columns.h"

namespace headroom::serve {
/// One thread's memory for them.
///
/// Two forms are taken: one tensor of any name with all features, [rows, features] ([rows] where there is one feature), or one tensor for each
/// feature, by its name, [rows] or [rows, 1]. Features that are text want BYTES.
/// Refuses with 400 other shapes, types and names, and with 413 more rows than max_rows.
class InferRows {
 public:
  /// The rows borrow from this and from the request.
  [[nodiscard]] expected<model::Rows, InferError> of(const InferRequest& request, const ServedModel& served, std::size_t max_rows);

 private:
  [[nodiscard]] expected<void, InferError> from_one(const Tensor& tensor, const ServedModel& served, std::size_t max_rows);
  [[nodiscard]] expected<void, InferError> from_columns(const InferRequest& request, const ServedModel& served, std::size_t max_rows);
  /// Makes room for cells of `width` features.
  [[nodiscard]] expected<void, InferError> begin(std::uint64_t rows, std::size_t width, std::size_t max_rows);

  std::vector<double> numbers_;            // row after row
  std::vector<std::string_view> texts_;    // the same, of a model that takes text; data() == nullptr where there is none
  std::vector<bool> seen_;
  std::size_t rows_ = 0;
  TypedColumns by_column_;
};
}  // namespace headroom::serve
