// XGBoost's models: JSON, UBJSON, and what stands in pickles of Booster and its scikit-learn wrappers.
#pragma once
#include <memory>

#include "importers/estimator.h"
#include "model/score_link.h"

namespace headroom::importers {
/// Who asks the booster: its own file (or Booster), or one of the wrappers.
enum class XgboostRole : std::uint8_t { native, classifier, regressor };

struct XgboostOptions {
  XgboostRole role = XgboostRole::native;
  double missing = 0;                          // NaN: only NaN is missing
  std::optional<std::size_t> best_iteration;   // where the document does not say it
  std::shared_ptr<const void> file;            // what keeps the document's numbers, if it may go once the trees are read
};

/// A saved model: {"learner": …, "version": …}. estimator: for its place, budget and name.
[[nodiscard]] Imported import_xgboost_document(const Place& document, const Estimator& estimator, XgboostOptions options);

/// The saved model in a Booster's handle: UBJSON since 1.6, JSON before.
[[nodiscard]] Read<formats::Graph> xgboost_graph(const Place& handle);

/// How an objective's margins become answers; and whether its base_score is a probability (logit) or a mean (log) in the file.
enum class BaseScore : std::uint8_t { as_it_is, logit, log };
struct Objective {
  model::ScoreLink link;
  BaseScore base = BaseScore::as_it_is;
};
/// targets: num_target. Refused if it is not known.
[[nodiscard]] Read<Objective> xgboost_objective(const Place& name, XgboostRole role, std::size_t targets);
}  // namespace headroom::importers
