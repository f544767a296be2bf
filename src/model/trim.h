// Room that arrays have too much once they are filled.
#pragma once
#include <cstddef>
#include <vector>

namespace headroom::model {
/// Gives it back. Not that of large ones: what was never written to takes no memory there, and to move them takes time, and twice the room
/// meanwhile.
template <class... Vectors>
void trim(Vectors&... vectors) {
  constexpr std::size_t kLarge = std::size_t{4} << 20U;
  const auto of_one = [](auto& vector) {
    if (vector.capacity() * sizeof(vector[0]) < kLarge) vector.shrink_to_fit();
  };
  (of_one(vectors), ...);
}
}  // namespace headroom::model
