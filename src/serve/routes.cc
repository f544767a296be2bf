#include "serve/routes.h"

#include <array>
#include <utility>

#include "http/paths.h"

namespace headroom::serve {
namespace {
constexpr std::string_view kPost = "POST, OPTIONS";
constexpr std::string_view kGet = "GET, HEAD, OPTIONS";
// The hot one first.
constexpr std::array<std::pair<std::string_view, Route>, 8> kRoutes{{
    {http::paths::kPredict, {Target::predict, true, kPost, telemetry::Route::predict}},
    {http::paths::kHealth, {Target::health, false, kGet, telemetry::Route::health}},
    {http::paths::kLive, {Target::live, false, kGet, telemetry::Route::other}},
    {http::paths::kReady, {Target::ready, false, kGet, telemetry::Route::other}},
    {http::paths::kMetrics, {Target::metrics, false, kGet, telemetry::Route::metrics}},
    {http::paths::kRoot, {Target::docs, false, kGet, telemetry::Route::docs}},
    {http::paths::kDocs, {Target::docs, false, kGet, telemetry::Route::docs}},
    {http::paths::kOpenApi, {Target::openapi, false, kGet, telemetry::Route::docs}},
}};
constexpr Route kUnknown{};
constexpr Route kServer{Target::server, false, "GET, HEAD, POST, OPTIONS", telemetry::Route::other};  // "OPTIONS *" asks about the server as a whole (RFC 9110 section 9.3.7)
}  // namespace

const Route& find_route(std::string_view path) {
  for (const auto& [known, route] : kRoutes) {
    if (known == path) return route;
  }
  return path == "*" ? kServer : kUnknown;
}

bool allows(const Route& route, http::Method method) {
  if (method == http::Method::options) return true;
  return route.post ? method == http::Method::post : method == http::Method::get || method == http::Method::head;
}
}  // namespace headroom::serve
