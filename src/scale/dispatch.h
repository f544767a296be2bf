// Which ready replica gets a connection.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/rng.h"
#include "scale/session.h"

namespace headroom::scale {
struct Candidate {
  bool ready = false;
  int connections = 0;
};
/// Its index; nullopt when none is ready.
[[nodiscard]] std::optional<std::size_t> pick(std::span<const Candidate> replicas, Balance balance, Rng& rng);
/// How many connections each replica should give back so that no ready one holds more than its equal share (rounded up). Zeros
/// where that holds already, and for replicas that are not ready.
[[nodiscard]] std::vector<std::uint32_t> surplus(std::span<const Candidate> replicas);
}  // namespace headroom::scale
