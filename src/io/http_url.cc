#include <algorithm>
#include <charconv>

#include "io/http_client.h"

namespace headroom::io {
namespace {
bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

/// "host", "host:port", "[address]", "[address]:port" → host and what stands behind it.
bool split_authority(std::string_view authority, std::string& host, std::string_view& port) {
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return false;
    host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  return !host.empty() && (port.empty() || port.front() == ':') && authority.find('@') == std::string_view::npos;
}
}  // namespace

expected<HttpUrl, std::string> parse_http_url(std::string_view text) {
  const auto refused = [&](const char* why) { return unexpected("'" + std::string(text) + "' " + why); };
  HttpUrl url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) url.tls = true;
  else if (!rest.starts_with("http://")) return refused("is no http:// or https:// URL");
  rest.remove_prefix(url.tls ? 8 : 7);
  if (!printable(rest) || rest.find('#') != std::string_view::npos) return refused("has a character that no URL has");
  const auto path_at = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view port;
  if (!split_authority(rest.substr(0, path_at), url.host, port)) return refused("names no host");
  url.target = rest.substr(path_at);
  if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  url.port = url.tls ? 443 : 80;
  if (port.empty()) return url;
  port.remove_prefix(1);
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (parsed.ec != std::errc() || parsed.ptr != port.data() + port.size() || url.port == 0) return refused("has no port from 1 to 65535");
  return url;
}
}  // namespace headroom::io
