// Why a text is no JSON, as people read it.
#pragma once
#include <simdjson.h>

#include <string>

namespace headroom::serve {
/// "not JSON: a string is not closed".
[[nodiscard]] std::string json_fault(simdjson::error_code code);
}  // namespace headroom::serve
