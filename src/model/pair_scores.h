// What one-versus-one's votes and confidences become: one score a class.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace headroom::model {
/// squeezed: confidence / (3 (|confidence| + 1)). scaled, before scikit-learn 0.21: into (−½, ½) by the largest |confidence| of all
/// rows, so that the score of a row depends on those beside it, as the origin's does.
enum class Confidence : std::uint8_t { squeezed, scaled };

/// votes, confidences: of all rows that are asked together, and all classes. The score takes the place of the votes.
/// Source: sklearn.utils.multiclass._ovr_decision_function.
inline void add_confidences(Confidence how, std::span<double> votes, std::span<const double> confidences) noexcept {
  if (how == Confidence::squeezed) {
    for (std::size_t i = 0; i < votes.size(); ++i) votes[i] += confidences[i] / (3 * (std::fabs(confidences[i]) + 1));
    return;
  }
  if (confidences.empty()) return;
  const auto [least, most] = std::ranges::minmax_element(confidences);
  if (*least == *most) return;
  const double scale = (0.5 - std::numeric_limits<double>::epsilon()) / std::max(std::fabs(*least), std::fabs(*most));
  for (std::size_t i = 0; i < votes.size(); ++i) votes[i] += confidences[i] * scale;
}
}  // namespace headroom::model
