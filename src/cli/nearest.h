// "Did you mean …?"
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace headroom::cli {
/// The candidate that is most like `word`: at most a third of its letters inserted, deleted, changed or swapped with a
/// neighbour (at least one). "" if there is none. Only the first 64 bytes of `word` count.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
}  // namespace headroom::cli
