// Figures for some of a request's stages, the others 0: a test that names the stages it speaks of outlives a new one.
#pragma once
#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "telemetry/stage.h"

namespace headroom::testing_stages {
template <class Number>
using StageFigures = std::array<Number, telemetry::kStages>;

template <class Number>
[[nodiscard]] constexpr StageFigures<Number> stages(std::initializer_list<std::pair<telemetry::Stage, Number>> figures) {
  StageFigures<Number> all{};
  for (const auto& [stage, figure] : figures) all[static_cast<std::size_t>(stage)] = figure;
  return all;
}
}  // namespace headroom::testing_stages
