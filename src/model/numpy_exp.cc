#include "model/numpy_exp.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace headroom::model {
namespace {
/// 2^(j/16) to the nearest, and what it lacks, as a share of it.
struct Power {
  double high;
  double low;
};
constexpr Power kPowers[16] = {
    {0x1p0, 0}, {0x1.0b5586cf9890fp0, 0x1.79aa65d837b6dp-54},
    {0x1.172b83c7d517bp0, -0x1.01b15eaa59348p-55}, {0x1.2387a6e756238p0, 0x1.68efde3a8a894p-54},
    {0x1.306fe0a31b715p0, 0x1.34d754db0abb6p-55}, {0x1.3dea64c123422p0, 0x1.59f48a72a4c6dp-55},
    {0x1.4bfdad5362a27p0, 0x1.690cebb7aafbp-56}, {0x1.5ab07dd485429p0, 0x1.063e1e21c5409p-54},
    {0x1.6a09e667f3bcdp0, -0x1.3b3efbf5e2228p-54}, {0x1.7a11473eb0187p0, -0x1.b32dcb94da51dp-56},
    {0x1.8ace5422aa0dbp0, 0x1.db72fc1f0eab4p-55}, {0x1.9c49182a3f09p0, 0x1.1affc2b91ce27p-56},
    {0x1.ae89f995ad3adp0, 0x1.c1a7792cb3387p-55}, {0x1.c199bdd85529cp0, 0x1.36eae30af0cb3p-56},
    {0x1.d5818dcfba487p0, 0x1.4a385a63d07a7p-56}, {0x1.ea4afa2a490dap0, -0x1.ff7128fd391fp-55}};

/// The polynomial of e^r − 1, for r from 0 to ln 2/16: r + c2 r² + …, and c1 r + c2 r² + ….
struct Coefficients {
  double c1, c2, c3, c4, c5, c6;
};
constexpr Coefficients kFast{1, 0x1.0000000002622p-1, 0x1.5555554b508a2p-3, 0x1.555564bb4f5f0p-5, 0x1.1106603d97c00p-7, 0x1.72eb5ef0d213dp-10};
constexpr Coefficients kAccurate{0x1.fffffffffff70p-1, 0x1.000000000d008p-1, 0x1.5555553939732p-3, 0x1.55557242d68fep-5, 0x1.1101cbbc265c0p-7, 0x1.7411836940c04p-10};

/// The largest multiple of 1/16 that is not above x log2(e), which is taken exactly.
double sixteenths(double x) noexcept {
  constexpr double kLog2E = 0x1.71547652b82fep+0;
  const double product = x * kLog2E;
  const double lost = std::fma(x, kLog2E, -product);
  const double whole = std::floor(product * 16);
  return (product * 16 == whole && lost < 0 ? whole - 1 : whole) / 16;
}
/// 2^(j/32) as a multiple of 2^-46, and what is left of it.
constexpr Power kSplitPowers[32] = {
    {0x1p0, 0}, {0x1.059b0d315854p0, 0x1.a1d73e2a475b4p-47},
    {0x1.0b5586cf989p0, 0x1.ec5317256e308p-49}, {0x1.11301d0125b4p0, 0x1.0a4ebbf1aed93p-48},
    {0x1.172b83c7d514p0, 0x1.d6e6fbe462876p-47}, {0x1.1d4873168b98p0, 0x1.53c02dc0144c8p-47},
    {0x1.2387a6e7562p0, 0x1.c3360fd6d8e0bp-47}, {0x1.29e9df51fdecp0, 0x1.09612e8afad12p-47},
    {0x1.306fe0a31b7p0, 0x1.52de8d5a46306p-48}, {0x1.371a7373aa9cp0, 0x1.54e28aa05e8a9p-49},
    {0x1.3dea64c1234p0, 0x1.11ada0911f09fp-47}, {0x1.44e08606189p0, 0x1.68189b7a04ef8p-47},
    {0x1.4bfdad5362ap0, 0x1.38ea1cbd7f621p-47}, {0x1.5342b569d4f8p0, 0x1.df0a83c49d86ap-52},
    {0x1.5ab07dd4854p0, 0x1.4ac64980a8c8fp-47}, {0x1.6247eb03a558p0, 0x1.2c7c3e81bf4b7p-50},
    {0x1.6a09e667f3bcp0, 0x1.921165f626cddp-49}, {0x1.71f75e8ec5f4p0, 0x1.9ee91b8797785p-47},
    {0x1.7a11473eb018p0, 0x1.b5f54408fdb37p-50}, {0x1.82589994ccep0, 0x1.28acf88afab35p-48},
    {0x1.8ace5422aa0cp0, 0x1.b5ba7c55a192dp-48}, {0x1.93737b0cdc5cp0, 0x1.27a280e1f92ap-47},
    {0x1.9c49182a3f08p0, 0x1.01c7c46b071f3p-48}, {0x1.a5503b23e254p0, 0x1.c8b424491caf8p-48},
    {0x1.ae89f995ad38p0, 0x1.6af439a68bb99p-47}, {0x1.b7f76f2fb5e4p0, 0x1.baa9ec206ad4fp-50},
    {0x1.c199bdd85528p0, 0x1.c2220cb12a092p-48}, {0x1.cb720dcef904p0, 0x1.48a81e5e8f4a5p-47},
    {0x1.d5818dcfba48p0, 0x1.c976816bad9b8p-50}, {0x1.dfc97337b9b4p0, 0x1.eb968cac39ed3p-48},
    {0x1.ea4afa2a490cp0, 0x1.9858f73a18f5ep-48}, {0x1.f50765b6e454p0, 0x1.9d3e12dd8a18bp-54}};

/// Tang, Table-driven implementation of the exponential function in IEEE floating-point arithmetic, 1989: x = n ln 2/32 + r.
double table_exp(double x) noexcept {
  const double n = std::nearbyint(x * 0x1.71547652b82fep+5);
  const double high = std::fma(n, -0x1.62e42fefp-6, x), low = n * -0x1.473de6af278edp-39;
  const double r = high + low;
  double q = std::fma(0x1.6c1728d739765p-10, r, 0x1.11115b7aa905ep-7);
  q = std::fma(q, r, 0x1.5555555545d4ep-5);
  q = std::fma(q, r, 0x1.5555555548f7cp-3);
  q = std::fma(q, r, 0.5) * r;
  const double rest = high + std::fma(r, q, low);
  const double floor = std::floor(n / 32);
  const auto& power = kSplitPowers[static_cast<std::size_t>(n - 32 * floor)];
  return std::ldexp(std::fma(power.high + power.low, rest, power.low) + power.high, static_cast<int>(floor));
}

/// x = n ln 2 + r, n a multiple of 1/16: e^x = 2^⌊n⌋ 2^(j/16) e^r.
double split_exp(double x, NumpyExp how) noexcept {
  const double n = sixteenths(x);
  const double floor = std::floor(n);
  const auto& power = kPowers[static_cast<std::size_t>((n - floor) * 16)];
  const double r = std::fma(-n, 0x1.abc9e3b39803fp-56, std::fma(-n, 0x1.62e42fefa39efp-1, x));
  const double r2 = r * r;
  const auto& c = how == NumpyExp::fast ? kFast : kAccurate;
  const double upper = std::fma(r2, std::fma(r, c.c6, c.c5), std::fma(r, c.c4, c.c3));
  const double rest = how == NumpyExp::fast ? std::fma(r2 * r, upper, std::fma(r2, c.c2, r)) : std::fma(std::fma(r2, upper, std::fma(r, c.c2, c.c1)), r, power.low);
  return std::ldexp(std::fma(rest, power.high, power.high), static_cast<int>(floor));
}
}  // namespace

double numpy_exp(double x, NumpyExp how) noexcept {
  constexpr double kMost = 700;   // beyond, all of them round to what the C library rounds to, or nearly
  if (how == NumpyExp::nearest || !(std::fabs(x) < kMost)) return std::exp(x);
  return how == NumpyExp::table ? table_exp(x) : split_exp(x, how);
}
}  // namespace headroom::model
