#include "load/url.h"

#include <algorithm>
#include <charconv>

namespace headroom::load {
namespace {
bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
}
}  // namespace

expected<Url, UrlError> parse_url(std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    return unexpected(UrlError{"'" + std::string(text.substr(0, 200)) + "' is no URL such as http://localhost:8000/predict: " + why});
  };
  std::string_view rest = text;
  const auto scheme = rest.find("://");
  if (scheme != std::string_view::npos) {
    if (rest.substr(0, scheme) != "http") return refuse("only http is spoken");
    rest.remove_prefix(scheme + 3);
  }
  rest = rest.substr(0, rest.find('#'));
  if (!printable(rest) || rest.size() > 8192) return refuse("it holds blanks or control characters, or is too long");
  const auto slash = std::min(rest.find('/'), rest.find('?'));
  const std::string_view authority = rest.substr(0, slash);
  Url url;
  if (slash < rest.size()) url.path = rest.substr(slash);
  if (url.path.starts_with('?')) url.path.insert(0, "/");
  if (authority.find('@') != std::string_view::npos) return refuse("no user names; use --header 'Authorization: …'");
  std::string_view host = authority;
  std::string_view port;
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string_view::npos) return refuse("the bracket is not closed");
    const auto after = host.substr(close + 1);
    if (!after.empty() && after[0] != ':') return refuse("a port stands behind a colon");
    port = after.empty() ? after : after.substr(1);
    host = host.substr(1, close - 1);
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.empty()) return refuse("there is no host");
  url.host = host;
  url.authority = authority;
  if (!port.empty()) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (error != std::errc() || end != port.data() + port.size() || value == 0 || value > 65535) return refuse("the port must be 1 … 65535");
    url.port = static_cast<std::uint16_t>(value);
  }
  return url;
}
}  // namespace headroom::load
