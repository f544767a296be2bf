// Which path is answered by what, and with which methods.
#pragma once
#include <cstdint>
#include <string_view>

#include "http/request.h"
#include "telemetry/request_record.h"

namespace headroom::serve {
enum class Target : std::uint8_t { predict, health, live, ready, metrics, docs, openapi, server, unknown };  // server: all of it, "*"

struct Route {
  Target target = Target::unknown;
  bool post = false;             // answers POST; else GET and HEAD
  std::string_view allow;        // value of Allow
  telemetry::Route kind = telemetry::Route::other;
};

/// The route of a path; target unknown where there is none.
[[nodiscard]] const Route& find_route(std::string_view path);
[[nodiscard]] bool allows(const Route& route, http::Method method);
}  // namespace headroom::serve
