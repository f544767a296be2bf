// Models of several targets, as importers put them together.
#pragma once
#include "importers/members.h"
#include "model/multi_output.h"

namespace headroom::importers {
/// A model's labels as numbers; refused where they are texts.
[[nodiscard]] Read<std::vector<double>> label_numbers(const std::vector<model::Label>& labels, const Place& place);
/// The estimator at `place` as the model of one target, a classifier or a regressor.
[[nodiscard]] Read<model::Target> read_target(const Place& place, const Estimator& whole);
}  // namespace headroom::importers
