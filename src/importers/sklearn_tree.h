// What trees and forests of trees have in common on disk.
#pragma once
#include "importers/estimator.h"
#include "model/forest.h"

namespace headroom::importers {
/// Whether predictions of this tree accept NaN, by the rules of the release that wrote it.
[[nodiscard]] Read<model::Nan> nan_of_tree(const Estimator& tree);

/// Whether the leaves of this classifier hold counts (up to 1.3) or fractions (since 1.4); by the data where no version is stamped.
[[nodiscard]] Read<bool> holds_counts(const Estimator& tree);

/// tree_ of the estimator, checked against `spec` (task, n_features, width). Paths name the node.
[[nodiscard]] Read<model::TreeSpec> read_tree(const Estimator& tree, const model::ForestSpec& spec);
/// What a tree must be: of so many features, and for each output so many classes (1 for a regressor).
struct TreeShape {
  std::size_t n_features = 0;
  std::vector<std::size_t> classes;
};
/// The same for any number of outputs; values hold [outputs, largest number of classes] a node.
[[nodiscard]] Read<model::TreeSpec> read_tree(const Estimator& tree, const TreeShape& shape);

/// A classifier's tree or forest of several outputs: one forest for each.
[[nodiscard]] Imported import_several_outputs(const Estimator& estimator);

/// n_node_samples of its nodes. Only after read_tree.
[[nodiscard]] Read<std::vector<double>> node_samples(const Estimator& tree);
/// Checks tree_ of the estimator against `spec` and gives it to the builder. Paths name the node.
[[nodiscard]] Read<bool> add_tree(const Estimator& tree, const model::ForestSpec& spec, model::Forest::Builder& builder);

/// Outputs of a regressor's tree (n_outputs_ or what tree_ says), at least 1.
[[nodiscard]] Read<std::size_t> n_outputs_of(const Estimator& regressor);
}  // namespace headroom::importers
