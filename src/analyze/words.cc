#include "analyze/words.h"

#include <cmath>
#include <cstdio>

namespace headroom::analyze {
namespace {
std::string printed(const char* format, int decimals, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, decimals, value);
  return text;
}

std::string grouped(double value) {
  std::string digits = printed("%.*f", 0, value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (digits[0] == '-' ? 1 : 0); at -= 3) {
    digits.insert(static_cast<std::size_t>(at), "\u2009");
  }
  return digits;
}
}  // namespace

std::string number(double value) {
  if (!std::isfinite(value)) return "–";
  const double size = std::abs(value);
  if (size >= 1e15) return printed("%.*e", 2, value);
  if (size >= 9999.5) return grouped(value);
  if (size >= 99.95 || size == 0) return printed("%.*f", 0, value);
  std::string text = printed("%.*f", size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3, value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string percent(double share) {
  const double value = share * 100;
  // Near 100 the distance from it is what matters: 99.98 % is not 100 %.
  if (value > 99 && value < 100) return printed("%.*f", 2, std::floor(value * 100) / 100) + " %";
  return number(value) + " %";
}

std::string time_text(double ms) {
  if (ms != 0 && std::abs(ms) < 0.9995) return number(ms * 1e3) + " µs";
  if (std::abs(ms) >= 9999.5) return number(ms * 1e-3) + " s";
  return number(ms) + " ms";
}

std::string millicores(double cores) { return number(cores * 1e3) + "m"; }

std::string count_of(long long n, const std::string& noun) { return number(static_cast<double>(n)) + " " + noun + (n == 1 ? "" : "s"); }
}  // namespace headroom::analyze
