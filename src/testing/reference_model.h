// Slow predictors written straight from the definition, to hold the compiled ones against.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "formats/value.h"
#include "model/forest.h"

namespace headroom::testing_models {
/// Trees one after the other, node by node, in the origin's order, thresholds in double. One row → width values.
[[nodiscard]] std::vector<double> reference_forest(const model::ForestSpec& spec, std::span<const model::TreeSpec> trees, std::span<const double> row);

/// What a fitted scikit-learn classifier in a graph says of one row: trees and forests of one output, and LogisticRegression's
/// decisions. Reads attributes without any check; for files of our own only. nullopt for other estimators.
[[nodiscard]] std::optional<std::vector<double>> reference_answer(const formats::Graph& graph, std::span<const double> row);
}  // namespace headroom::testing_models
