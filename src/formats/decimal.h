// Short decimal numbers in texts of millions of them. Private to this room.
#pragma once
#include <cstddef>
#include <cstdint>

namespace headroom::formats {
/// A number at the beginning of a text, and how many characters it took: 0 if what stands there has to be read the long way.
struct Decimal {
  double value = 0;
  std::size_t length = 0;
  bool is_whole = false;   // no point and no exponent
};

/// Of "12", "-0", "2.5", "-1.25E-3": what std::from_chars gives, to the last bit, for at most 15 digits and powers of ten up to 22. Both are
/// doubles then, and one multiplication or division of them rounds once. Source: Clinger, "How to read floating point numbers accurately", 1990.
/// What follows the number is for the caller to look at; at < end.
[[nodiscard]] inline Decimal short_decimal(const char* at, const char* end) noexcept {
  constexpr int kMostDigits = 15, kMostPower = 22;
  constexpr double powers[kMostPower + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const char* const start = at;
  const auto is_digit = [&] { return at < end && *at >= '0' && *at <= '9'; };
  const bool is_negative = *at == '-';
  if (is_negative) ++at;
  std::int64_t digits = 0;
  const char* const first = at;
  for (; is_digit() && at - first <= kMostDigits; ++at) digits = digits * 10 + (*at - '0');
  std::ptrdiff_t count = at - first;
  if (count == 0) return {};
  int power = 0;
  bool is_whole = true;
  if (at < end && *at == '.') {
    const char* const point = at++;
    for (; is_digit() && count <= kMostDigits; ++at, ++count) digits = digits * 10 + (*at - '0');
    power = static_cast<int>(point + 1 - at);
    if (power == 0) return {};
    is_whole = false;
  }
  if (count > kMostDigits) return {};
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool is_below = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) ++at;
    const char* const exponent = at;
    int stored = 0;
    for (; is_digit() && at - exponent < 3; ++at) stored = stored * 10 + (*at - '0');
    if (at == exponent || is_digit()) return {};
    power += is_below ? -stored : stored;
    is_whole = false;
  }
  if (power < -kMostPower || power > kMostPower) return {};
  const auto whole = static_cast<double>(digits);
  const double value = power < 0 ? whole / powers[-power] : whole * powers[power];
  return {is_negative ? -value : value, static_cast<std::size_t>(at - start), is_whole};
}
}  // namespace headroom::formats
