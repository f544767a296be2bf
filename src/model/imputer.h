// SimpleImputer and MissingIndicator.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/categories.h"
#include "model/compiled.h"

namespace headroom::model {
/// Which cells are missing: NaN (and missing text), or those equal to a number or a text.
using MissingValue = Category;

/// transform: missing cells of the kept features replaced by their statistic, in the features' order; behind them, 1 where a cell of an
/// `indicated` feature is missing, else 0. f64, or typed if a feature is text. Infinity is refused; so is NaN where it is not what is missing.
/// With `nothing_new`, a missing cell in a feature that is not indicated is refused.
/// Sources: sklearn.impute._base, SimpleImputer.transform and MissingIndicator.transform; equal to the last bit.
class Imputer final : public Compiled {
 public:
  struct Spec {
    std::size_t n_features = 0;
    MissingValue missing = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::uint32_t> kept;        // features
    std::vector<Category> statistics;       // for each kept one; never None
    std::vector<std::uint32_t> indicated;   // features
    bool nothing_new = false;
    bool takes_infinite = false;            // and NaN that is not what is missing: Imputer, before 0.22
  };
  explicit Imputer(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override;

 private:
  [[nodiscard]] bool is_missing(const Cells& cells, std::size_t row) const noexcept;
  void fill_numbers(const Rows& rows, Output& out) const noexcept;
  void fill_typed(const Rows& rows, Output& out) const noexcept;
  [[nodiscard]] const char* objection(const Cells& cells, std::size_t row, bool is_indicated) const noexcept;
  Spec spec_;
  bool nan_is_missing_ = false;
};
}  // namespace headroom::model
