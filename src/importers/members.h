// Estimators inside of estimators, as the importers of ensembles and wrappers read them.
#pragma once
#include <span>
#include <vector>

#include "importers/estimator.h"
#include "model/member.h"

namespace headroom::importers {
/// 0, 1, …, n − 1: the labels of members that were fitted on encoded classes.
[[nodiscard]] std::vector<model::Label> encoded(std::size_t n);

/// Imports the estimator at `place` as a part of `whole`. classes: of the whole, among which the member's must be; nullptr if the
/// member must be a regressor.
[[nodiscard]] Read<model::Member> read_member(const Place& place, const Estimator& whole, const std::vector<model::Label>* classes);
/// All of a list of them; at least one.
[[nodiscard]] Read<std::vector<model::Member>> read_members(const Place& list, const Estimator& whole, const std::vector<model::Label>* classes);
/// Integers of an array as column numbers below `width`.
[[nodiscard]] Read<std::vector<std::uint32_t>> column_list(const Place& place, std::size_t width);
/// n_features_in_ where the whole stores it, else that of the first member that tells.
[[nodiscard]] Read<std::size_t> width_of(const Estimator& whole, std::span<const model::Member> members);
/// Completes the info of an ensemble: classes, description, and one folded line for its members.
[[nodiscard]] Read<bool> finish_ensemble(const Estimator& whole, model::ModelInfo classes, std::span<const model::Member> members, model::ModelInfo& info);
}  // namespace headroom::importers
