// A server's record of one answered prediction, for tests of what becomes of records.
#pragma once
#include "telemetry/request_record.h"

namespace headroom::testing {
/// The i-th of its kind: sampled, answered 200, its stages sum to the total; span ids repeat after 200.
inline telemetry::RequestRecord a_record(int i = 0) {
  telemetry::RequestRecord record;
  record.trace_id.bytes[0] = 1;
  record.span_id.bytes[0] = static_cast<std::uint8_t>(1 + i % 200);
  record.start_ns = 1'700'000'000'000'000'000 + i;
  record.stage_ns = {0, 10, 20, 30, 40, 50, 60, 70};
  record.total_ns = 280;
  record.status = 200;
  record.rows = 1;
  record.route = telemetry::Route::predict;
  record.post = true;
  return record;
}
}  // namespace headroom::testing
