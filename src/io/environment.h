// The process's environment variables, by prefix.
#pragma once
#include <map>
#include <string>
#include <string_view>

namespace headroom::io {
/// All whose name begins with `prefix`.
[[nodiscard]] std::map<std::string, std::string> environment(std::string_view prefix);
}  // namespace headroom::io
