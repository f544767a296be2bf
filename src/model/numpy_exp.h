// The exponential as numpy computes it for arrays.
#pragma once
#include <cstdint>

namespace headroom::model {
/// On processors with AVX-512 numpy has exponentials of its own (numpy_log.h says where that matters).
enum class NumpyExp : std::uint8_t {
  table,      // numpy 1.20 and 1.21: Tang's method with 2^(j/32)
  fast,       // 1.22 to 1.26
  accurate,   // 2.0 and later
  nearest,    // others: what the C library says
};

/// e^x of any x.
[[nodiscard]] double numpy_exp(double x, NumpyExp how) noexcept;
}  // namespace headroom::model
