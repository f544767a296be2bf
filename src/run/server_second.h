// From what a server counted of itself to its row in the run file: one way for its own recording and for a replica's pipe.
#pragma once
#include <string>

#include "run/rows.h"
#include "telemetry/aggregate.h"

namespace headroom::run {
[[nodiscard]] ServerSecond server_second(std::string replica, telemetry::RouteSecond second);
}  // namespace headroom::run
