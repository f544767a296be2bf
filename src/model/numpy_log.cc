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

/// ln(1 + t) = t + t² p: p, in powers of t².
double tail_of(double t) noexcept {
  const double t2 = t * t;
  double high = std::fma(0x1.c81cd309d7c70p-4, t, -0x1.007357e93af62p-3);
  high = std::fma(high, t2, std::fma(0x1.249229cee81efp-3, t, -0x1.55553fb28db06p-3));
  double low = std::fma(0x1.9999999cc9f5cp-3, t, -0x1.00000000c05bdp-2);
  low = std::fma(low, t2, std::fma(0x1.5555555555466p-2, t, -0x1.fffffffffffc6p-2));
  return std::fma(high, t2 * t2, low);
}

/// x = 2^e m, m r = 1 + t with r = near/32 ≈ 1/m.
struct Reduced {
  std::size_t near;   // 16 to 32
  double e;           // one more where r is below 3/4: the starts are those of 2 r then
  double t;
};
Reduced reduced(double x) noexcept {
  const auto [m, e] = parts_of(x);
  const double near = std::nearbyint(32 / m);
  return {static_cast<std::size_t>(near), near < 24 ? e + 1 : e, std::fma(near / 32, m, -1.0)};
}

/// ln x = e ln 2 − ln r + ln(1 + t).
double fast_log(double x) noexcept {
  const auto [near, e, t] = reduced(x);
  return std::fma(e, 0x1.62e42fefa39efp-1, kStarts[near] + std::fma(tail_of(t), t * t, t));
}

/// The same starts as multiples of 2^-40 and what is left of them.
constexpr Split kSplitStarts[17] = {
    {0, 0}, {-0x1.f0a30c012p-5, 0x1.3ab33d066d1d2p-42}, {-0x1.e27076e2bp-4, 0x1.a342c2af0003cp-45},
    {-0x1.5ff3070a78p-3, -0x1.3d3c873e20a07p-43}, {-0x1.c8ff7c79a8p-3, -0x1.a21ac25d81ef3p-43}, {-0x1.1675cababcp-2, 0x1.9f1fc63382a8fp-42},
    {-0x1.4618bc21c4p-2, -0x1.ec27d0b7b37b3p-42}, {-0x1.739d7f6bbcp-2, -0x1.0069ce24c53fbp-42}, {0x1.269621134cp-2, 0x1.b92783beb7677p-42},
    {0x1.f991c6cb38p-3, 0x1.9bcbecca0cdf3p-42}, {0x1.a93ed3c8bp-3, -0x1.30e486a0ac42dp-42}, {0x1.5bf406b54p-3, 0x1.ed8fdc149767ep-42},
    {0x1.1178e8228p-3, -0x1.b8421cc74be04p-43}, {0x1.9335e5d59p-4, 0x1.2622b8757a8fbp-42}, {0x1.08598b59ep-4, 0x1.d034451fecdfbp-43},
    {0x1.0415d89e8p-5, -0x1.77771fd187145p-42}, {0, 0}};

/// The same with sums of two parts: only the last addition rounds by much.
double accurate_log(double x) noexcept {
  const auto [near, e, t] = reduced(x);
  const double start = std::fma(e, 0x1.62e42fefap-1, kSplitStarts[near - 16].high);
  const double high = start + t;
  const double rest = std::fma(t * t, tail_of(t), t - (high - start));
  return high + (rest + std::fma(e, 0x1.cf79abc9ep-40, kSplitStarts[near - 16].low));
}
}  // namespace

double numpy_log(double x, NumpyLog how) noexcept {
  if (how == NumpyLog::table) return table_log(x);
  if (how == NumpyLog::fast) return fast_log(x);
  return how == NumpyLog::accurate ? accurate_log(x) : std::log(x);
}
}  // namespace headroom::model
