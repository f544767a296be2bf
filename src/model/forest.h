// Decision trees, and forests of them: scikit-learn's DecisionTree*, ExtraTree*, RandomForest* and ExtraTrees*.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/check_rows.h"
#include "model/compiled.h"

namespace headroom::model {
/// One tree as the origin library stores it, before compilation. Node 0 is the root; a node is a leaf if left < 0. All vectors
/// have one entry a node, but values has `width` (of the forest). Checked by the importer: children are in range and every node
/// is reached at most once, features are in range, thresholds are no NaN, values are finite.
struct TreeSpec {
  std::vector<std::int32_t> left, right, feature;
  std::vector<double> threshold;              // float32(x) ≤ threshold goes left
  std::vector<std::uint8_t> missing_left;     // NaN goes left; empty: all right
  std::vector<double> values;
};

/// What the leaves hold and what becomes of them.
struct ForestSpec {
  Task task = Task::classification;   // classification or regression
  std::size_t n_features = 0;
  std::size_t width = 0;              // values a leaf: classes, or outputs of a regressor
  bool averaged = true;               // a forest: the mean over its trees. false: one tree, as it is
  bool counts = false;                // leaves hold weighted counts (scikit-learn ≤ 1.3), divided by their sum for probabilities
  Nan nan = Nan::refuse;
};

/// The largest float ≤ threshold: for every float x, x ≤ threshold exactly when x ≤ this.
[[nodiscard]] float lower_threshold(double threshold);

/// predict_proba (classification): mean of the trees' class fractions, f64 [n, width], summed in tree order and then divided, as
/// the origin does with n_jobs=1: equal to the last bit. predict (classification): first largest of them, i64 [n, 1]; of a single
/// tree of counts the largest count. predict (regression): mean of the leaves' values, f64 [n, width].
/// Inputs are rounded to float32 before they meet a threshold. Nothing is allocated once scratch has grown.
/// Sources: sklearn.tree._classes, sklearn.ensemble._forest; parity: tests/data/models.
class Forest final : public Compiled {
 public:
  /// Takes trees one by one, so that only one TreeSpec exists at a time.
  class Builder;

  ~Forest() override;
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

  [[nodiscard]] std::size_t n_trees() const noexcept;
  /// "8 walks in flight, 8-byte nodes; batches: AVX2", "tiles of 7 nodes, AVX-512; batches: AVX-512".
  [[nodiscard]] std::string kernel() const;

 private:
  struct Layout;
  explicit Forest(std::unique_ptr<Layout> layout);
  void mean(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept;
  std::unique_ptr<Layout> layout_;
};

class Forest::Builder {
 public:
  explicit Builder(const ForestSpec& spec);
  ~Builder();
  Builder(Builder&& other) noexcept;
  void add(const TreeSpec& tree);
  /// Memory that the trees added so far take, in bytes.
  [[nodiscard]] std::size_t bytes() const noexcept;
  /// At least one tree was added. Fills in the info's task, n_features, methods, feature_ranges and bytes.
  [[nodiscard]] std::shared_ptr<Forest> build();

 private:
  std::unique_ptr<Layout> layout_;
};
}  // namespace headroom::model
