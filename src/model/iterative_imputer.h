// IterativeImputer.
#pragma once
#include <cmath>
#include <limits>
#include <vector>

#include "model/member.h"

namespace headroom::model {
/// transform: the kept features, a missing cell first its feature's statistic, then, step after step, what the step's regressor says
/// of the other cells of the row, within the step's limits; behind them, 1 where a cell of an `indicated` feature is missing, else 0.
/// Rows among which every imputed cell is missing keep the statistics, as in the origin. Infinity is refused; so is NaN where it is not what is missing,
/// and a row of which a regressor that it meets would refuse what is imputed by then.
/// Source: sklearn.impute._iterative.IterativeImputer.transform; as equal as the regressors are.
class IterativeImputer final : public Compiled {
 public:
  struct Step {
    std::size_t feature = 0;   // among the kept; an imputed one
    Member regressor;          // its columns: among the kept
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
  };
  struct Spec {
    std::size_t n_features = 0;
    double missing = std::numeric_limits<double>::quiet_NaN();   // which cells are: NaN, or those equal to a number
    std::vector<std::uint32_t> kept;       // features; not empty
    std::vector<double> statistics;        // for each kept one
    std::vector<bool> imputed;             // for each kept one; else a missing cell stays its statistic
    std::vector<Step> steps;
    std::vector<std::uint32_t> indicated;  // features

    [[nodiscard]] bool is_missing(double cell) const noexcept { return std::isnan(missing) ? std::isnan(cell) : cell == missing; }
  };
  explicit IterativeImputer(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  [[nodiscard]] bool has_any(MatrixView<const double> rows) const noexcept;
  void start(std::span<const double> row, double* out) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
