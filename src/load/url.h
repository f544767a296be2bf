// http://host:port/path, as people type it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.h"

namespace headroom::load {
struct Url {
  std::string host;       // without the brackets of an IPv6 literal
  std::uint16_t port = 80;
  std::string authority;  // what the Host field says
  std::string path;       // with query; "" if none was written
  [[nodiscard]] std::string origin() const { return "http://" + authority; }
};
struct UrlError {
  std::string message;
};

/// "localhost:8000" is taken as http://localhost:8000. Only http; fragments are dropped.
[[nodiscard]] expected<Url, UrlError> parse_url(std::string_view text);
}  // namespace headroom::load
