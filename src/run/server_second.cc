#include "run/server_second.h"

#include <utility>

namespace headroom::run {
ServerSecond server_second(std::string replica, telemetry::RouteSecond second) {
  ServerSecond row;
  row.t_ns = second.t_ns;
  row.replica = std::move(replica);
  row.route = second.route;
  row.requests = second.requests;
  row.errors = second.errors;
  row.shed = second.shed;
  row.stage_ns = second.stage_ns;
  row.predict_cpu_ns = second.predict_cpu_ns;
  row.predict_cpu_n = second.predict_cpu_n;
  row.total_ns = second.total_ns;
  row.in_flight_max = second.in_flight_max;
  row.total = std::move(second.total);
  return row;
}
}  // namespace headroom::run
