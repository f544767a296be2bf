// What all compiled models share.
#pragma once
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "model/model.h"

namespace headroom::model {
/// Owns its ModelInfo. The importer fills it in; once the model is shared as a ModelPtr it is const and stays as it is.
class Compiled : public Model {
 public:
  [[nodiscard]] const ModelInfo& info() const noexcept final { return info_; }
  [[nodiscard]] ModelInfo& edit_info() noexcept { return info_; }

  /// For a transform: a bound on |output| for all rows that validate() passes and whose numbers are |value| ≤ magnitude, or infinity
  /// where that is not known or an output may be NaN. Lets a pipeline skip running its steps twice, once to check and once to predict.
  [[nodiscard]] virtual double output_bound(double magnitude) const noexcept {
    static_cast<void>(magnitude);
    return std::numeric_limits<double>::infinity();
  }

  /// Whether validate() passes every dense row of numbers with |value| ≤ magnitude (which float32 holds).
  [[nodiscard]] virtual bool takes_all_within(double magnitude) const noexcept {
    static_cast<void>(magnitude);
    return true;
  }

 private:
  ModelInfo info_;
};
using CompiledPtr = std::shared_ptr<Compiled>;

/// Columns that the transform of a model gives.
[[nodiscard]] inline std::size_t transform_width(const ModelInfo& info) noexcept { return info.n_outputs > 0 ? info.n_outputs : info.n_features; }

/// This thread's memory for the i-th nested estimator.
[[nodiscard]] inline Scratch& part(Scratch& scratch, std::size_t i) {
  while (scratch.parts.size() <= i) scratch.parts.push_back(std::make_unique<Scratch>());
  return *scratch.parts[i];
}

/// Index of the first maximum; a NaN counts as the maximum (numpy.argmax). values is not empty.
[[nodiscard]] inline std::size_t argmax(std::span<const double> values) noexcept {
  std::size_t best = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) return i;
    if (values[i] > values[best]) best = i;
  }
  return best;
}
}  // namespace headroom::model
