// Which ready replica gets a connection.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "base/rng.h"
#include "scale/session.h"

namespace headroom::scale {
struct Candidate {
  bool ready = false;
  int connections = 0;
};
/// Its index; nullopt when none is ready.
[[nodiscard]] std::optional<std::size_t> pick(std::span<const Candidate> replicas, Balance balance, Rng& rng);
}  // namespace headroom::scale
