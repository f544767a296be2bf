#include "io/environment.h"

#include <unistd.h>

namespace headroom::io {
std::map<std::string, std::string> environment(std::string_view prefix) {
  std::map<std::string, std::string> found;
  for (char** at = ::environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view text(*at);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos && text.starts_with(prefix)) found.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return found;
}
}  // namespace headroom::io
