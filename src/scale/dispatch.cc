#include "scale/dispatch.h"

namespace headroom::scale {
std::optional<std::size_t> pick(std::span<const Candidate> replicas, Balance balance, Rng& rng) {
  std::optional<std::size_t> chosen;
  std::uint64_t equal = 0;  // candidates as good as the chosen one, it included
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    if (!replicas[i].ready) continue;
    if (chosen && balance == Balance::least && replicas[i].connections > replicas[*chosen].connections) continue;
    const bool better = chosen && balance == Balance::least && replicas[i].connections < replicas[*chosen].connections;
    equal = better ? 1 : equal + 1;
    if (rng.below(equal) == 0) chosen = i;  // each of the equal ones with the same chance
  }
  return chosen;
}

std::vector<std::uint32_t> surplus(std::span<const Candidate> replicas) {
  std::vector<std::uint32_t> back(replicas.size(), 0);
  int ready = 0;
  int total = 0;
  for (const auto& each : replicas) {
    if (!each.ready) continue;
    ++ready;
    total += each.connections;
  }
  if (ready == 0) return back;
  const int share = (total + ready - 1) / ready;
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    if (replicas[i].ready && replicas[i].connections > share) back[i] = static_cast<std::uint32_t>(replicas[i].connections - share);
  }
  return back;
}
}  // namespace headroom::scale
