// The natural logarithm as numpy computes it for arrays.
#pragma once
#include <cstdint>

namespace headroom::model {
/// On processors with AVX-512 numpy has logarithms of its own, up to 1.7 ulp from the logarithm. Answers that are compared bit for
/// bit with those of a release follow its numpy: scores that boosting starts from, AdaBoost's SAMME.R.
enum class NumpyLog : std::uint8_t {
  table,     // numpy 1.20 and 1.21: Tang's method with c = 1 + k/64
  fast,      // 1.22 to 1.26: five bits of 1/x and a polynomial
  accurate,  // 2.0 and later: the same with sums in two parts
  nearest,   // others: what the C library says
};

/// ln x. x: finite, above 0, normal.
[[nodiscard]] double numpy_log(double x, NumpyLog how) noexcept;
}  // namespace headroom::model
