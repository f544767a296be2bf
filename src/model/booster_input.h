// What the trees of a booster see of a row: numbers as they are, and each library's way with missing values and categories.
#pragma once
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "model/check_rows.h"
#include "model/model.h"

namespace headroom::model {
/// How a column becomes an input. "missing" below is NaN, which follows a node's own direction.
enum class InputKind : std::uint8_t {
  number,            // as it is; NaN is missing
  nan_is_zero,       // LightGBM, missing_type None
  zero_is_missing,   // LightGBM, missing_type Zero: |x| ≤ 1e-35 and NaN
  lightgbm_category, // cut toward zero; NaN and what is negative belongs to no set
  xgboost_category,  // cut toward zero; negative and ≥ 2^24 belongs to no set
  hist_category,     // scikit-learn's histogram boosting: eight bits of it; negative or unknown is missing
  hist_byte,         // the same up to 1.2, where negative numbers are cut to eight bits as well
};

struct Input {
  std::uint32_t column = 0;         // of the row
  InputKind kind = InputKind::number;
  std::bitset<256> known;           // hist_category
  std::vector<double> categories;   // hist_category: sorted; what counts is the place of the value among them, none is missing
};

/// Codes of a column whose categories are texts (or numbers, as texts): a cell's category → its code.
struct CategoryTable {
  std::uint32_t column = 0;
  bool refuse_unknown = false;                              // else it is missing
  bool takes_codes = true;                                  // numbers are codes already; else none of the categories: missing
  std::vector<std::pair<std::string, double>> codes;        // sorted by text
  std::vector<std::pair<double, double>> numeric;           // sorted by number, for categories that are numbers
  struct Cut {
    std::string beginning;        // all that the file holds of it
    std::size_t characters;       // of the whole text
    double code;
  };
  std::vector<Cut> cut;
  /// NaN if it is none of them, or could be several that are cut.
  [[nodiscard]] double code_of(std::string_view text) const;
  [[nodiscard]] double code_of(double number) const;
};

struct BoosterInputs {
  std::vector<Input> inputs;
  std::vector<CategoryTable> tables;          // sorted by column
  double missing = std::numeric_limits<double>::quiet_NaN();   // XGBoost: this value of float32 is missing as well
  std::vector<std::uint32_t> finite;          // columns in which infinity is refused
  bool cut_tiny = false;                      // LightGBM: |x| ≤ 1e-35 is 0

  /// Dense numbers: columns with a table are coded where they are text (or where all their categories are numbers).
  [[nodiscard]] MatrixView<const double> densify(const Rows& rows, std::vector<double>& buffer) const;
  /// Text where no table takes it, or an unknown category that is refused.
  [[nodiscard]] expected<void, RowError> check(const Rows& rows) const;
  /// Fills out[inputs.size()] from a row; says whether any of them is missing.
  template <class T>
  bool fill(std::span<const double> row, T* out) const noexcept;

 private:
  [[nodiscard]] const CategoryTable* table_of(std::size_t column) const;
};
}  // namespace headroom::model
