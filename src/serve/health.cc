#include "serve/health.h"

#include <array>
#include <cstdio>
#include <string_view>

#include "http/reply.h"

namespace headroom::serve {
namespace {
void append_fixed(http::ByteBuffer& out, double value) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.3f", value);
  out.append({text.data(), static_cast<std::size_t>(size)});
}

std::string_view word(Health health) {
  switch (health) {
    case Health::healthy: return "healthy";
    case Health::draining: return "draining";
    case Health::unhealthy: break;
  }
  return "unhealthy";
}

std::string_view reason(Health health) {
  switch (health) {
    case Health::healthy: return "";
    case Health::draining: return R"(,"reason":"the server is stopping; send requests elsewhere")";
    case Health::unhealthy: break;
  }
  return R"(,"reason":"the model does not answer its own example row")";
}
}  // namespace

std::uint16_t status_of(Health health) { return health == Health::healthy ? 200 : 503; }

void append_health(http::ByteBuffer& out, const ServedModel& served, const HealthCheck& check) {
  out.append(R"({"status":")");
  out.append(word(check.health));
  out.append('"');
  out.append(reason(check.health));
  out.append(R"(,"model":{"name":")");
  http::append_escaped(out, served.name);
  out.append(R"(","library":")");
  http::append_escaped(out, served.info().library);
  out.append(R"(","estimator":")");
  http::append_escaped(out, served.info().estimator);
  out.append(R"(","loaded":true},"check_ms":)");
  append_fixed(out, milliseconds(check.check));
  out.append(R"(,"uptime_s":)");
  append_fixed(out, seconds(check.uptime));
  out.append('}');
}
}  // namespace headroom::serve
