#include "hpa/quantity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace headroom::hpa {
namespace {
__extension__ using Wide = __int128;
constexpr Wide kNano = 1'000'000'000;
constexpr Wide kMost = static_cast<Wide>(std::numeric_limits<std::int64_t>::max()) * kNano;
constexpr int kDigitsKept = 20;  // 10^20 * 2^60 still fits 127 bits, and 2^63 has 19 digits

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Digits with one point: mantissa * 10^exponent, and whether digits beyond the kept ones were not zero.
struct Number {
  Wide mantissa = 0;
  int exponent = 0;
  int significant = 0;
  bool rest = false;
};

void take_digit(Number& number, char c, bool fraction) {
  if (number.significant == kDigitsKept) {
    number.rest = number.rest || c != '0';
    if (!fraction) ++number.exponent;
    return;
  }
  number.mantissa = number.mantissa * 10 + (c - '0');
  if (number.mantissa != 0) ++number.significant;
  if (fraction) --number.exponent;
}

struct Suffix {
  int ten = 0;      // power of ten
  int thousand24 = 0;  // power of 1024
  Quantity::Format format = Quantity::Format::decimal_si;
};

std::optional<int> small_integer(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (!digit(c)) return std::nullopt;
    value = std::min(value * 10 + (c - '0'), 10'000);  // beyond any effect
  }
  return negative ? -value : value;
}

std::optional<Suffix> parse_suffix(std::string_view text) {
  using Format = Quantity::Format;
  if (text.empty()) return Suffix{};
  constexpr std::string_view kDecimal = "num kMGTPE";  // from 10^-9, a blank standing for 10^0
  if (text.size() == 1) {
    const auto at = kDecimal.find(text[0]);
    if (at == std::string_view::npos || text[0] == ' ') return std::nullopt;
    return Suffix{static_cast<int>(at) * 3 - 9, 0, Format::decimal_si};
  }
  constexpr std::string_view kBinary = "KMGTPE";
  if (text.size() == 2 && text[1] == 'i') {
    const auto at = kBinary.find(text[0]);
    if (at == std::string_view::npos) return std::nullopt;
    return Suffix{0, static_cast<int>(at) + 1, Format::binary_si};
  }
  if (text[0] == 'e' || text[0] == 'E') {
    const auto exponent = small_integer(text.substr(1));
    if (exponent) return Suffix{*exponent, 0, Format::decimal_exponent};
  }
  return std::nullopt;
}

/// number * 10^exponent, up to kMost; what does not divide is rounded up.
Wide scaled(Wide value, int exponent, bool rest) {
  for (; exponent > 0 && value != 0; --exponent) {
    if (value > kMost / 10) return kMost;
    value *= 10;
  }
  for (; exponent < 0 && value != 0; ++exponent) {
    rest = rest || value % 10 != 0;
    value /= 10;
  }
  return std::min(kMost, value + (rest ? 1 : 0));
}

std::string decimal_digits(Wide value) {
  std::string text;
  const bool negative = value < 0;
  do {
    const int last = static_cast<int>(value % 10);
    text.insert(text.begin(), static_cast<char>('0' + (last < 0 ? -last : last)));
    value /= 10;
  } while (value != 0);
  return negative ? "-" + text : text;
}

struct Canonical {
  Wide mantissa;
  int exponent;  // a multiple of 3 (of ten) or of 1 (of 1024)
};
Canonical canonical_decimal(Wide nano) {
  Canonical form{nano, -9};
  if (nano == 0) return {0, 0};
  while (form.mantissa % 1000 == 0 && form.exponent < 18) {
    form.mantissa /= 1000;
    form.exponent += 3;
  }
  return form;
}
Wide divided_up(Wide value, Wide by) { return value / by + (value % by > 0 ? 1 : 0); }
}  // namespace

Quantity Quantity::of_milli(std::int64_t milli, Format format) {
  Quantity quantity;
  quantity.nano_ = static_cast<Wide>(milli) * 1'000'000;
  quantity.format_ = format;
  return quantity;
}

Quantity Quantity::of_whole(std::int64_t value, Format format) {
  Quantity quantity;
  quantity.nano_ = static_cast<Wide>(value) * kNano;
  quantity.format_ = format;
  return quantity;
}

expected<Quantity, QuantityError> Quantity::parse(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  Number number;
  std::size_t at = 0;
  bool fraction = false;
  bool any = false;
  for (; at < text.size() && (digit(text[at]) || (text[at] == '.' && !fraction)); ++at) {
    if (text[at] == '.') {
      fraction = true;
    } else {
      take_digit(number, text[at], fraction);
      any = true;
    }
  }
  if (!any) return unexpected(QuantityError::malformed);
  const auto suffix = parse_suffix(text.substr(at));
  if (!suffix) return unexpected(QuantityError::unknown_suffix);
  const Wide value = number.mantissa << (10 * suffix->thousand24);
  Quantity quantity;
  quantity.nano_ = scaled(value, number.exponent + suffix->ten + 9, number.rest);
  if (negative) quantity.nano_ = -quantity.nano_;
  quantity.format_ = suffix->format;
  return quantity;
}

std::int64_t Quantity::milli() const {
  const Wide value = divided_up(nano_, 1'000'000);
  constexpr Wide kTop = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, -kTop - 1, kTop));
}

std::int64_t Quantity::whole() const { return static_cast<std::int64_t>(divided_up(nano_, kNano)); }

bool Quantity::is_milli() const { return nano_ % 1'000'000 == 0; }

double Quantity::approximate() const {
  const Canonical form = canonical_decimal(nano_);
  constexpr std::array<double, 10> kPowers{1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18};
  return static_cast<double>(form.mantissa) * kPowers[static_cast<std::size_t>(form.exponent / 3 + 3)];
}

std::string Quantity::text() const {
  if (format_ == Format::binary_si && nano_ % kNano == 0 && (nano_ <= -1024 * kNano || nano_ >= 1024 * kNano)) {
    Wide mantissa = nano_ / kNano;
    std::size_t power = 0;
    for (; mantissa % 1024 == 0 && power < 6; ++power) mantissa /= 1024;
    constexpr std::array<const char*, 7> kSuffix{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    return decimal_digits(mantissa) + kSuffix[power];
  }
  const Canonical form = canonical_decimal(nano_);
  if (format_ == Format::decimal_exponent) {
    return decimal_digits(form.mantissa) + (form.exponent == 0 ? "" : "e" + std::to_string(form.exponent));
  }
  constexpr std::array<const char*, 10> kSuffix{"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  return decimal_digits(form.mantissa) + kSuffix[static_cast<std::size_t>(form.exponent / 3 + 3)];
}
}  // namespace headroom::hpa
