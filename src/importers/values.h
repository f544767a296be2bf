// What transforms store: numbers, vectors of them, categories and flags.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "importers/estimator.h"
#include "model/categories.h"

namespace headroom::importers {
/// A number: real, integer, boolean, or a numeric array of one.
[[nodiscard]] Read<double> real_of(const Place& place);
/// An attribute that is True or False; `otherwise` if it is absent (the version did not have it).
[[nodiscard]] Read<bool> flag_of(const Estimator& estimator, std::string_view name, bool otherwise);
/// An attribute that is a text.
[[nodiscard]] Read<std::string> text_of(const Estimator& estimator, std::string_view name);
/// An attribute that is a vector of `count` numbers.
[[nodiscard]] Read<std::vector<double>> vector_of(const Estimator& estimator, std::string_view name, std::size_t count);
/// The same where it is not None.
[[nodiscard]] Read<std::optional<std::vector<double>>> optional_vector_of(const Estimator& estimator, std::string_view name, std::size_t count);
/// True or False for each feature.
[[nodiscard]] Read<std::vector<bool>> mask_of(const Place& place, std::size_t count);
/// Integers ≥ 0 and < limit: an array, or a list.
[[nodiscard]] Read<std::vector<std::uint32_t>> indexes_below(const Place& place, std::size_t limit);
/// The features for which an imputer adds an indicator (features_ of its indicator_); none without add_indicator.
[[nodiscard]] Read<std::vector<std::uint32_t>> indicated_features(const Estimator& imputer, std::size_t n_features);

/// One value: None, NaN, a number, a text.
[[nodiscard]] Read<model::Category> category_of(const Place& place);
/// A one-dimensional array or list of them.
[[nodiscard]] Read<std::vector<model::Category>> categories_of(const Place& place);
}  // namespace headroom::importers
