// Models of several targets, as importers put them together.
#pragma once
#include "importers/members.h"

namespace headroom::importers {
/// The estimator at `place` as the model of one target: a regressor, or a classifier whose classes are numbered as its own.
[[nodiscard]] Read<model::Member> read_target(const Place& place, const Estimator& whole);
}  // namespace headroom::importers
