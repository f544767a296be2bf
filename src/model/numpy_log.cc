#include "model/numpy_log.h"

#include <array>
#include <cmath>

namespace headroom::model {
namespace {
/// x = m 2^e with m in [1, 2).
struct Parts {
  double m;
  double e;
};

Parts parts_of(double x) noexcept {
  int exponent = 0;
  const double half = std::frexp(x, &exponent);
  return {2 * half, static_cast<double>(exponent - 1)};
}

/// ln(1 + k/64) in two parts, the first a multiple of 2^-39 so that adding e ln 2 to it is exact.
struct Split {
  double high;
  double low;
};
const auto kSplits = [] {
  std::array<Split, 64> splits{};
  for (std::size_t k = 0; k < splits.size(); ++k) {
    const long double exact = std::log(1 + static_cast<long double>(k) / 64);
    splits[k].high = static_cast<double>(std::nearbyint(exact * 0x1p39L) * 0x1p-39L);
    splits[k].low = static_cast<double>(exact - static_cast<long double>(splits[k].high));
  }
  return splits;
}();

/// −ln(k/32) for k from 24 on, before it −ln(k/16).
const auto kStarts = [] {
  std::array<double, 33> starts{};
  for (std::size_t k = 16; k < starts.size(); ++k) starts[k] = -std::log(static_cast<double>(k) / (k < 24 ? 16 : 32));
  return starts;
}();

/// Tang, Table-driven implementation of the logarithm function in IEEE floating-point arithmetic, 1990:
/// ln x = e ln 2 + ln c + ln(m/c), the last one as a polynomial in u = 2 (m − c)/(m + c). Near 1 the C library is asked.
double table_log(double x) noexcept {
  if (x > 1.0 - 0x1p-4 && x < 1.0 + 0x1.09p-4) return std::log(x);
  const auto [m, e] = parts_of(x);
  const auto k = static_cast<std::size_t>((m - 1.0) * 64);
  const double c = 1.0 + static_cast<double>(k) / 64;
  const double u = 2.0 * ((m - c) / (m + c));
  const double v = u * u;
  double p = std::fma(v, 0x1.c8034c85dfffp-12, 0x1.2492307f1519fp-9);
  p = std::fma(v, p, 0x1.9999999bac6d4p-7);
  p = std::fma(v, p, 0x1.55555555554e6p-4);
  p = std::fma(u, v * p, u);
  return std::fma(e, 0x1.62e42fefa4p-1, kSplits[k].high) + std::fma(e, -0x1.8432a1b0e2634p-43, kSplits[k].low) + p;
}

/// ln x = e ln 2 − ln r + ln(1 + t) with r ≈ 1/m of five bits and t = r m − 1.
double fast_log(double x) noexcept {
  auto [m, e] = parts_of(x);
  const double near = std::nearbyint(32 / m);   // 16 to 32
  const double r = near / 32;
  if (r < 0.75) e += 1;
  const double t = std::fma(r, m, -1.0);
  const double t2 = t * t;
  double high = std::fma(0x1.c81cd309d7c70p-4, t, -0x1.007357e93af62p-3);
  high = std::fma(high, t2, std::fma(0x1.249229cee81efp-3, t, -0x1.55553fb28db06p-3));
  double low = std::fma(0x1.9999999cc9f5cp-3, t, -0x1.00000000c05bdp-2);
  low = std::fma(low, t2, std::fma(0x1.5555555555466p-2, t, -0x1.fffffffffffc6p-2));
  const double tail = std::fma(std::fma(high, t2 * t2, low), t2, t);
  return std::fma(e, 0x1.62e42fefa39efp-1, kStarts[static_cast<std::size_t>(near)] + tail);
}
}  // namespace

double numpy_log(double x, NumpyLog how) noexcept {
  if (how == NumpyLog::table) return table_log(x);
  return how == NumpyLog::fast ? fast_log(x) : std::log(x);
}
}  // namespace headroom::model
