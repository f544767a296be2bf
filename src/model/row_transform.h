// What transforms of numbers share: each row by itself becomes a row of numbers.
#pragma once
#include "model/check_rows.h"
#include "model/compiled.h"

namespace headroom::model {
/// transform: f64 [n, n_outputs], row by row.
class RowTransform : public Compiled {
 public:
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept final;

 protected:
  /// n_outputs ≥ 1; both 0: rows of any width, whose width the output has, because the file does not tell it. nan: whether the origin takes it.
  RowTransform(std::size_t n_features, std::size_t n_outputs, Nan nan);
  /// in: a row that validate() has passed. out: n_outputs values (as many as `in`, if that is 0), all to be set. scratch: not its b.
  virtual void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept = 0;

 private:
  Nan nan_;
};
}  // namespace headroom::model
