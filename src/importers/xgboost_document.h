// The parts of a saved XGBoost model.
#pragma once
#include "importers/booster_parts.h"
#include "importers/xgboost.h"

namespace headroom::importers {
/// What all of the document's parts need to know.
struct XgboostHead {
  Version version;
  std::string version_text;
  std::size_t n_features = 0, groups = 1, targets = 1, classes = 0;
  std::vector<float> base;       // margins, one a group
  Objective objective;
  std::optional<std::size_t> best_iteration;
  std::vector<std::string> features;
  std::vector<bool> is_categorical;
};

/// Reads the trees of a document one by one. width: values a leaf, the same in all of them.
class XgboostTrees {
 public:
  XgboostTrees(const XgboostHead& head, const Estimator& estimator) : head_(head), estimator_(estimator) {}

  /// Reads into tree(). weight: DART's. Thresholds become the largest float below, because XGBoost asks x < threshold.
  Read<bool> read(const Place& place, double group, float weight, bool has_weights);
  [[nodiscard]] const model::BoosterTree& tree() const { return tree_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  InputSet inputs;

 private:
  /// The columns of one tree's nodes as they are stored.
  struct Stored {
    std::vector<double> left, right, feature, condition, default_left, type;
  };
  Read<bool> read_stored(const Place& place);
  Read<bool> read_leaves(const Place& place);
  Read<bool> read_nodes(const Place& place);
  void weigh(float weight);

  const XgboostHead& head_;
  const Estimator& estimator_;
  std::size_t width_ = 0;   // values a leaf; 0 before the first tree
  // Of the tree at hand, kept for their room.
  Stored stored_;
  model::BoosterTree tree_;
  StructureRoom room_;
};

/// Since 3.1 the document holds the names of categories: one entry a feature.
[[nodiscard]] Read<bool> read_categories(const Place& model, const XgboostHead& head, model::BoosterInputs& inputs);
}  // namespace headroom::importers
