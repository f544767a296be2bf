// LightGBM's model text, from its own file and from pickles of Booster and its scikit-learn wrappers.
#pragma once
#include <memory>

#include "importers/estimator.h"
#include "model/score_link.h"

namespace headroom::importers {
enum class LightgbmRole : std::uint8_t { native, classifier, regressor };

struct LightgbmOptions {
  LightgbmRole role = LightgbmRole::native;
  std::size_t iterations = 0;   // trees of the first so many iterations; 0 = all
  std::shared_ptr<const void> file;   // what keeps the text, if it may go once the trees are read
};

/// A Booster in a pickle: where its text stands, and how many iterations count (0 = all).
struct LightgbmHandle {
  Place place;
  std::size_t iterations = 0;
};
[[nodiscard]] Read<LightgbmHandle> lightgbm_handle(const Place& booster);

/// estimator: for its place (refusals name it), budget and name.
[[nodiscard]] Imported import_lightgbm_text(std::string_view text, const Estimator& estimator, LightgbmOptions options);

/// objective: the value of the header's line, "binary sigmoid:1".
[[nodiscard]] Read<model::ScoreLink> lightgbm_objective(std::string_view objective, LightgbmRole role, const Place& place);
}  // namespace headroom::importers
