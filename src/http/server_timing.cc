#include "http/server_timing.h"

#include <charconv>
#include <cstring>

#include "base/check.h"
#include "http/grammar.h"

namespace headroom::http {
namespace {
constexpr double kMaxMilliseconds = 3'600'000;

// The value of dur among `parameters` (";dur=1.5;desc=x"), -1 if there is none.
double duration_ms(std::string_view parameters) {
  while (!parameters.empty()) {
    parameters.remove_prefix(1);
    const auto next = parameters.find(';');
    const auto parameter = grammar::trim(parameters.substr(0, next));
    if (parameter.size() > 4 && grammar::equals(parameter.substr(0, 4), "dur=")) {
      double value = -1;
      const char* end = parameter.data() + parameter.size();
      const auto parsed = std::from_chars(parameter.data() + 4, end, value, std::chars_format::fixed);
      return parsed.ec == std::errc() && parsed.ptr == end ? value : -1;
    }
    parameters.remove_prefix(next == std::string_view::npos ? parameters.size() : next);
  }
  return -1;
}
}  // namespace

std::size_t parse_server_timing(std::string_view value, std::span<const std::string_view> names, std::span<std::int64_t> nanoseconds) {
  CHECK(names.size() == nanoseconds.size());
  std::size_t used = 0;
  int looked_at = 0;
  grammar::for_each_element(value, [&](std::string_view entry) {
    if (++looked_at > 64) return;
    const auto end = entry.find(';');
    if (end == std::string_view::npos) return;
    const double ms = duration_ms(entry.substr(end));
    if (!(ms >= 0 && ms <= kMaxMilliseconds)) return;
    const auto name = grammar::trim(entry.substr(0, end));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] != name) continue;
      nanoseconds[i] = static_cast<std::int64_t>(ms * 1e6 + 0.5);
      ++used;
    }
  });
  return used;
}

char* write_timing(char* out, std::string_view name, std::int64_t ns) {
  std::memcpy(out, name.data(), name.size());
  out += name.size();
  std::memcpy(out, ";dur=", 5);
  out = std::to_chars(out + 5, out + 18, ns / 1'000'000).ptr;
  auto fraction = static_cast<std::uint32_t>(ns % 1'000'000);
  *out = '.';
  for (int i = 6; i >= 1; --i, fraction /= 10) out[i] = static_cast<char>('0' + fraction % 10);
  return out + 7;
}
}  // namespace headroom::http
