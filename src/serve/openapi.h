// The OpenAPI 3.1 document of the model that is served: its features, its classes, and examples that it answers.
#pragma once
#include <string>

#include "serve/served_model.h"

namespace headroom::serve {
/// JSON text. max_rows: the limit of "instances".
[[nodiscard]] std::string openapi(const ServedModel& served, std::size_t max_rows);
}  // namespace headroom::serve
