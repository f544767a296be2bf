// FeatureUnion and ColumnTransformer.
#pragma once
#include <optional>
#include <vector>

#include "model/compiled.h"

namespace headroom::model {
/// Some columns of the rows, and what transforms them.
struct UnionPart {
  CompiledPtr model;                       // nullptr: the columns as they are
  std::vector<std::uint32_t> columns;      // of the rows, in this order
  std::optional<double> weight;            // multiplies what it gives
};

/// transform: what the parts give, side by side: f64, or typed if one passes text on.
/// validate: as each part validates its columns; columns of no part are not looked at.
/// Sources: sklearn.pipeline.FeatureUnion, sklearn.compose._column_transformer.ColumnTransformer.
class Union final : public Compiled {
 public:
  /// parts: not empty. Each model takes as many features as it has columns; columns < n_features.
  Union(std::size_t n_features, std::vector<UnionPart> parts);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override;

 private:
  void merge_kinds();
  void merge_examples();
  void join_numbers(const Rows& rows, Output& out, Scratch& scratch) const noexcept;
  void join_typed(const Rows& rows, Output& out, Scratch& scratch) const noexcept;
  std::vector<UnionPart> parts_;
};
}  // namespace headroom::model
