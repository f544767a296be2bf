// Short decimal numbers in texts of millions of them. Private to this room.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace headroom::formats {
/// A number at the beginning of a text, and how many characters it took: 0 if what stands there has to be read the long way.
struct Decimal {
  double value = 0;
  std::size_t length = 0;
  bool is_whole = false;   // no point and no exponent
};

/// digits / 10^power, rounded once as every double is, for digits > 0 and 0 < power ≤ kMostDivision. The quotient has 64 bits, and whether
/// anything remains tells the rest.
inline constexpr int kMostDivision = 27;   // 5^27 < 2^63
[[nodiscard]] inline double divided(std::uint64_t digits, int power) noexcept {
  __extension__ using Wide = unsigned __int128;
  static constexpr auto fives = [] {
    struct { std::uint64_t of[kMostDivision + 1]; } table{{1}};
    for (int i = 1; i <= kMostDivision; ++i) table.of[i] = table.of[i - 1] * 5;
    return table;
  }();
  const int above = std::countl_zero(digits), below = std::countl_zero(fives.of[power]);
  const std::uint64_t dividend = digits << above, divisor = fives.of[power] << below;
  const int shift = dividend >= divisor ? 63 : 64;   // so that the quotient's highest bit is its 64th
  const Wide wide = Wide{dividend} << shift;
  const auto quotient = static_cast<std::uint64_t>(wide / divisor);
  const bool is_exact = quotient * divisor == static_cast<std::uint64_t>(wide);
  constexpr int kSpare = 64 - 53;
  constexpr std::uint64_t kHalf = std::uint64_t{1} << (kSpare - 1);
  std::uint64_t whole = quotient >> kSpare;
  const std::uint64_t rest = quotient & (2 * kHalf - 1);
  if (rest > kHalf || (rest == kHalf && (!is_exact || (whole & 1U) != 0))) ++whole;
  const int exponent = below - above - power - shift + kSpare;   // of two; far from the smallest one
  return static_cast<double>(whole) * std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52U);
}

/// Eight digits at once; −1 if there are others among the eight characters.
[[nodiscard]] inline std::int64_t eight_digits(const char* at) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  std::uint64_t each = 0;
  std::memcpy(&each, at, sizeof(each));
  if constexpr (std::endian::native == std::endian::big) return -1;
  each ^= kOnes * '0';
  if (((each | (each + kOnes * 6)) & (kOnes * 0xf0)) != 0) return -1;
  const std::uint64_t pairs = (each * 10 + (each >> 8U)) & 0x00ff00ff00ff00ffU;
  const std::uint64_t fours = (pairs * 100 + (pairs >> 16U)) & 0x0000ffff0000ffffU;
  return static_cast<std::int64_t>((fours * 10000 + (fours >> 32U)) & 0xffffffffU);
}

/// Of "12", "-0", "2.5", "-1.25E-3": what std::from_chars gives, to the last bit, for at most 15 digits and powers of ten up to 22, and for 19
/// digits and powers from −27 on. Of the former both are doubles, and one multiplication or division of them rounds once. Source: Clinger, "How
/// to read floating point numbers accurately", 1990. What follows the number is for the caller to look at; at < end.
[[nodiscard]] inline Decimal short_decimal(const char* at, const char* end) noexcept {
  constexpr int kMostDigits = 19, kExactDigits = 15, kMostPower = 22;
  constexpr double powers[kMostPower + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const char* const start = at;
  const auto is_digit = [&] { return at < end && *at >= '0' && *at <= '9'; };
  const auto value_of = [](char c) { return static_cast<std::uint64_t>(c - '0'); };
  const bool is_negative = *at == '-';
  if (is_negative) ++at;
  std::uint64_t digits = 0;
  const char* const first = at;
  for (; is_digit() && at - first <= kMostDigits; ++at) digits = digits * 10 + value_of(*at);   // one too many may wrap: it is not used
  std::ptrdiff_t count = at - first;
  if (count == 0) return {};
  int power = 0;
  bool is_whole = true;
  if (at < end && *at == '.') {
    const char* const point = at++;
    for (; end - at >= 8 && count + 8 <= kMostDigits; at += 8, count += 8) {
      const auto eight = eight_digits(at);
      if (eight < 0) break;
      digits = digits * 100'000'000 + static_cast<std::uint64_t>(eight);
    }
    for (; is_digit() && count <= kMostDigits; ++at, ++count) digits = digits * 10 + value_of(*at);
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
  double value = 0;
  if (count <= kExactDigits && power >= -kMostPower && power <= kMostPower) {
    const auto whole = static_cast<double>(static_cast<std::int64_t>(digits));   // a signed one is converted by one instruction
    value = power < 0 ? whole / powers[-power] : whole * powers[power];
  } else if (digits != 0 && power < 0 && power >= -kMostDivision) {
    value = divided(digits, -power);
  } else {
    return {};
  }
  return {is_negative ? -value : value, static_cast<std::size_t>(at - start), is_whole};
}
}  // namespace headroom::formats
