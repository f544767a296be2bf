// PolynomialFeatures.
#pragma once
#include <vector>

#include "model/row_transform.h"

namespace headroom::model {
/// transform: products of features. Each is the product of an earlier one and a feature, in the origin's order, so it is equal to the
/// last bit.  Source: sklearn.preprocessing._polynomial.PolynomialFeatures.transform.
class Polynomial final : public RowTransform {
 public:
  /// A term: the constant 1, a feature, or an earlier term times a feature.
  struct Term {
    static constexpr std::uint32_t kNone = 0xffffffff;
    std::uint32_t earlier = kNone;   // index of a term before this one
    std::uint32_t feature = kNone;   // kNone: the constant 1
  };
  /// Only terms [first_out, …) are given, behind the constant if leads_with_one.
  Polynomial(std::size_t n_features, std::vector<Term> terms, std::size_t first_out, bool leads_with_one);
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  std::vector<Term> terms_;
  std::size_t first_out_;
  bool leads_with_one_;
  std::size_t degree_ = 1;
};
}  // namespace headroom::model
