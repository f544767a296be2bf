// Rows from a .npy or .csv file, as a model takes them.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "formats/limits.h"
#include "model/model.h"
#include "model/rows.h"

namespace headroom::inspect {
/// Why a file holds no rows for a model. where: "line 3", "byte 80"; may be empty.
struct TableError {
  std::string what;
  std::string where;
};

/// Owns the rows that it shows.
class Table {
 public:
  [[nodiscard]] model::Rows rows() const;
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  /// The cell as its file has it (or as a number prints).
  [[nodiscard]] std::string cell(std::size_t row, std::size_t column) const;
  /// Columns of the file that the model does not know and that were left out.
  [[nodiscard]] const std::vector<std::string>& unused() const { return unused_; }
  /// Line of the .csv on which a row begins, counted from 1; 0 for .npy.
  [[nodiscard]] std::size_t line(std::size_t row) const { return lines_.empty() ? 0 : lines_[row]; }

  friend expected<Table, TableError> read_table(std::span<const std::byte> file, const model::ModelInfo& info, const formats::Limits& limits);

 private:
  friend class CsvTable;
  std::size_t count_ = 0;
  std::size_t width_ = 0;
  std::vector<double> dense_;                      // all numbers: [count, width]
  std::vector<std::vector<double>> numbers_;       // else for each column one of these two
  std::vector<std::vector<std::string>> texts_;
  std::vector<std::vector<std::string_view>> views_;
  std::vector<model::Column> columns_;
  std::vector<std::string> unused_;
  std::vector<std::size_t> lines_;
};

/// .npy by its magic: two-dimensional (one dimension is one row), floats, integers or booleans, taken as float64.
/// Else .csv: UTF-8, a header line, comma, RFC 4180 quotes. An empty cell is missing (NaN); True and False are 1 and 0. If the model
/// has feature names, columns are taken by name in any order and others are left out; without names, by position. Columns are what
/// info.feature_kinds says; a column of numbers in which some cell is none is text.
[[nodiscard]] expected<Table, TableError> read_table(std::span<const std::byte> file, const model::ModelInfo& info, const formats::Limits& limits);
}  // namespace headroom::inspect
