// Unpredictable seeds, from the kernel.
#pragma once
#include <cstdint>

namespace headroom::io {
[[nodiscard]] std::uint64_t random_seed();
}  // namespace headroom::io
