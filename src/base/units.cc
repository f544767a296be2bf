#include "base/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace headroom {
namespace {
struct Unit {
  std::string_view suffix;
  double factor;
};

constexpr std::array kDurationUnits{Unit{"ns", 1},    Unit{"us", 1e3},      Unit{"µs", 1e3},       Unit{"ms", 1e6},
                                    Unit{"s", 1e9},   Unit{"m", 60e9},      Unit{"h", 3600e9},     Unit{"d", 86400e9}};
constexpr std::array kByteUnits{Unit{"", 1},          Unit{"B", 1},         Unit{"k", 1e3},        Unit{"kB", 1e3},
                                Unit{"K", 1e3},       Unit{"KB", 1e3},      Unit{"M", 1e6},        Unit{"MB", 1e6},
                                Unit{"G", 1e9},       Unit{"GB", 1e9},      Unit{"Ki", 0x1p10},    Unit{"KiB", 0x1p10},
                                Unit{"Mi", 0x1p20},   Unit{"MiB", 0x1p20},  Unit{"Gi", 0x1p30},    Unit{"GiB", 0x1p30}};
constexpr std::array kRateUnits{Unit{"", 1}, Unit{"/s", 1}, Unit{"/m", 1.0 / 60}, Unit{"/h", 1.0 / 3600}};

bool is_number_char(char c) { return (c >= '0' && c <= '9') || c == '.'; }

/// Splits "12.5ms rest" into number, unit and rest. False if there is no number or the unit is not in `units`.
template <std::size_t N>
bool take_quantity(std::string_view& text, const std::array<Unit, N>& units, double& value) {
  std::size_t digits = 0;
  while (digits < text.size() && is_number_char(text[digits])) ++digits;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (digits == 0 || error != std::errc{} || end != text.data() + digits) return false;
  std::size_t letters = digits;
  while (letters < text.size() && !is_number_char(text[letters])) ++letters;
  const auto suffix = text.substr(digits, letters - digits);
  for (const auto& unit : units) {
    if (unit.suffix != suffix) continue;
    value *= unit.factor;
    text.remove_prefix(letters);
    return true;
  }
  return false;
}

std::string three_digits(double value, std::string_view unit) {
  std::array<char, 48> text{};
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  int size = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  if (decimals > 0) {
    while (text[static_cast<std::size_t>(size) - 1] == '0') --size;
    if (text[static_cast<std::size_t>(size) - 1] == '.') --size;
  }
  return std::string(text.data(), static_cast<std::size_t>(size)).append(" ").append(unit);
}
}  // namespace

expected<Duration, UnitError> parse_duration(std::string_view text) {
  const auto refuse = [] { return unexpected(UnitError{"a duration such as 250ms, 30s, 2m or 1h20m"}); };
  if (text == "0") return Duration::zero();
  if (text.empty()) return refuse();
  double total = 0;
  while (!text.empty()) {
    double part = 0;
    if (!take_quantity(text, kDurationUnits, part)) return refuse();
    total += part;
  }
  constexpr double hundred_years = 100.0 * 365.25 * 86400e9;
  if (!(total <= hundred_years)) return refuse();
  return Duration(static_cast<std::int64_t>(std::llround(total)));
}

expected<Bytes, UnitError> parse_bytes(std::string_view text) {
  double value = 0;
  if (!take_quantity(text, kByteUnits, value) || !text.empty() || !(value < 0x1p62)) {
    return unexpected(UnitError{"a size such as 1048576, 64KiB, 512Mi or 2GB"});
  }
  return Bytes{static_cast<std::uint64_t>(value)};
}

expected<Rate, UnitError> parse_rate(std::string_view text) {
  double value = 0;
  if (!take_quantity(text, kRateUnits, value) || !text.empty() || !(value > 0) || !(value <= 1e9)) {
    return unexpected(UnitError{"a rate greater than 0 such as 1000/s, 60/m or 1000"});
  }
  return Rate{value};
}

std::string to_text(Duration duration) {
  const double ns = static_cast<double>(duration.count());
  if (ns < 0) return "-" + to_text(-duration);
  if (ns < 1e3) return three_digits(ns, "ns");
  if (ns < 1e6) return three_digits(ns / 1e3, "µs");
  if (ns < 1e9) return three_digits(ns / 1e6, "ms");
  if (ns < 60e9) return three_digits(ns / 1e9, "s");
  const auto whole = static_cast<std::int64_t>(ns / 1e9);
  if (whole < 3600) return std::to_string(whole / 60) + "m " + std::to_string(whole % 60) + "s";
  return std::to_string(whole / 3600) + "h " + std::to_string(whole % 3600 / 60) + "m";
}

std::string to_text(Bytes bytes) {
  const auto count = static_cast<double>(bytes.count);
  if (count < 0x1p10) return three_digits(count, "B");
  if (count < 0x1p20) return three_digits(count / 0x1p10, "KiB");
  if (count < 0x1p30) return three_digits(count / 0x1p20, "MiB");
  return three_digits(count / 0x1p30, "GiB");
}
}  // namespace headroom
