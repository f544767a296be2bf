// OneHotEncoder, OrdinalEncoder and TargetEncoder: a table of numbers for each category.
#pragma once
#include <vector>

#include "model/categories.h"
#include "model/compiled.h"

namespace headroom::model {
/// What the encoder does with a value that is no category.
enum class Unknown : std::uint8_t { refuse, encode };

/// One feature of an Encoder. A category is either a column that becomes 1 while the others of the feature are 0 (one_hot), or the
/// values to put into its columns.
struct EncodedFeature {
  Categories categories;
  std::size_t width = 1;               // columns
  bool one_hot = false;
  std::vector<std::int32_t> hot;       // one_hot: for each category its column, -1 for none; then that of unknown values
  std::vector<double> values;          // else [categories + 1, width]; the last row is for unknown values
};

/// transform: the features' columns side by side, f64 [n, Σ width]. Infinity is refused, so are unknown categories with
/// Unknown::refuse, and NaN with Nan::refuse.
/// Sources: sklearn.preprocessing._encoders, _target_encoder; equal to the last bit.
class Encoder final : public Compiled {
 public:
  enum class Missing : std::uint8_t { refuse, is_a_category };
  Encoder(std::vector<EncodedFeature> features, Unknown unknown, Missing missing);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override;

 private:
  [[nodiscard]] expected<void, RowError> validate_feature(const Rows& rows, std::size_t feature) const;
  std::vector<EncodedFeature> features_;
  Unknown unknown_;
  Missing missing_;
  double bound_ = 1;
};
}  // namespace headroom::model
