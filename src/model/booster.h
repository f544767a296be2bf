// Gradient boosting: scikit-learn's GradientBoosting* and HistGradientBoosting*, XGBoost's and LightGBM's tree boosters.
#pragma once
#include <memory>
#include <variant>
#include <vector>

#include "model/booster_input.h"
#include "model/compiled.h"
#include "model/score_link.h"
#include "model/tree_bank.h"

namespace headroom::model {
/// In which types inputs are compared and leaves are added.
enum class Precision : std::uint8_t {
  f32,         // XGBoost: both float
  f32_sum64,   // GradientBoosting: float inputs, double sums
  f64,         // HistGradientBoosting, LightGBM
};

struct BoosterSpec {
  Precision precision = Precision::f64;
  std::size_t n_features = 0;
  BoosterInputs inputs;
  std::size_t width = 1;             // values a leaf
  std::vector<double> base;          // one a score: what sums begin with
  double divide = 0;                 // LightGBM's random forest: scores / this, but not raw ones; 0 leaves it out
  ScoreLink link;
  bool finite_only = false;          // NaN, infinity and what overflows `precision` are refused
};

/// decision_function: the raw scores (margins), [n, scores]; each tree's leaf is added in tree order to `base`: equal to the last
/// bit. What predict and predict_proba make of them: ScoreLink. XGBoost answers float32.
/// Sources: sklearn.ensemble._gb, _hist_gradient_boosting; xgboost src/predictor/cpu_predictor.cc; LightGBM gbdt_prediction.cpp.
class Booster final : public Compiled {
 public:
  class Builder;
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

 private:
  using Bank = std::variant<TreeBank<float, float>, TreeBank<float, double>, TreeBank<double, double>>;
  Booster(BoosterSpec spec, Bank bank);
  template <class Score>
  void answer(Method method, MatrixView<const double> rows, Output& out, Scratch& scratch) const noexcept;

  BoosterSpec spec_;
  Bank bank_;
};

class Booster::Builder {
 public:
  /// Takes trees one by one, so that only one BoosterTree exists at a time.
  explicit Builder(BoosterSpec spec);
  /// To be filled in until `build`, where only the trees tell which inputs there are.
  [[nodiscard]] BoosterInputs& inputs() { return spec_.inputs; }
  /// Optional, before the first tree: how many there will be, and their nodes in all. A guess will do.
  void reserve(std::size_t trees, std::size_t nodes);
  void add(const BoosterTree& tree);
  /// Fills in the info's task, n_features, methods, feature_ranges and bytes. There may be no tree at all.
  [[nodiscard]] std::shared_ptr<Booster> build();

 private:
  BoosterSpec spec_;
  Bank bank_;
  std::vector<FeatureRange> ranges_;   // of each input
};
}  // namespace headroom::model
