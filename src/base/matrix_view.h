// A borrowed row-major matrix. The owner outlives the view.
#pragma once
#include <cstddef>
#include <span>
#include <type_traits>

#include "base/check.h"

namespace headroom {
template <class T>
class MatrixView {
 public:
  MatrixView() = default;
  /// data: rows*columns values, row after row.
  MatrixView(T* data, std::size_t rows, std::size_t columns) noexcept : data_(data), rows_(rows), columns_(columns) {}
  operator MatrixView<const T>() const noexcept requires(!std::is_const_v<T>) { return {data_, rows_, columns_}; }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] T* data() const noexcept { return data_; }
  /// i < rows().
  [[nodiscard]] std::span<T> row(std::size_t i) const noexcept { return {data_ + i * columns_, columns_}; }
  [[nodiscard]] T& operator()(std::size_t i, std::size_t j) const noexcept { return data_[i * columns_ + j]; }
  /// Rows [first, first+count).
  [[nodiscard]] MatrixView slice(std::size_t first, std::size_t count) const {
    CHECK(first <= rows_ && count <= rows_ - first);
    return {data_ + first * columns_, count, columns_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};
}  // namespace headroom
