// CalibratedClassifierCV.
#pragma once
#include <algorithm>
#include <vector>

#include "model/member.h"

namespace headroom::model {
/// Turns a score into a probability: 1 / (1 + exp(a·x + b)), or the line between points, clipped to their range (isotonic).
struct Calibrator {
  double a = 0, b = 0;
  std::vector<double> x, y;        // isotonic: x rises; empty: sigmoid
  double low = 0, high = 0;        // isotonic: scores are clipped to these
  [[nodiscard]] double operator()(double score) const noexcept;
};

/// Mean over the folds of what each fold's calibrators make of its classifier's decisions (else its probabilities).
/// Source: sklearn.calibration.CalibratedClassifierCV, _CalibratedClassifier; numpy.interp.
class Calibrated final : public Compiled {
 public:
  struct Fold {
    Member member;
    std::vector<Calibrator> calibrators;   // one a class that the member scores; one in all for two classes
    double beta = 0;                       // temperature: softmax of beta · logits; then there are no calibrators
  };
  struct Spec {
    std::vector<Fold> folds;
    std::size_t n_features = 0;
    std::size_t n_classes = 2;
  };
  explicit Calibrated(Spec spec);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] bool takes_all_within(double magnitude) const noexcept override { return std::ranges::all_of(spec_.folds, [&](const auto& fold) { return (fold.calibrators.empty() || fold.calibrators[0].x.empty()) && fold.member.model->takes_all_within(magnitude); }); }

 private:
  [[nodiscard]] expected<void, RowError> check_scores(const Fold& fold, const Rows& rows) const;
  void add(const Fold& fold, const Rows& rows, double* sums, Scratch& scratch) const noexcept;
  void fold_row(const Fold& fold, const Output& scores, std::size_t row, double* out) const noexcept;
  void temperature_row(const Fold& fold, const Output& scores, std::size_t row, double* out) const noexcept;
  Spec spec_;
};
}  // namespace headroom::model
