// A server's record of one answered prediction, for tests of what becomes of records.
#pragma once
#include "telemetry/request_record.h"
#include "testing/stages.h"

namespace headroom::testing {
/// The i-th of its kind: sampled, answered 200, its stages sum to the total; span ids repeat after 200.
inline telemetry::RequestRecord a_record(int i = 0) {
  telemetry::RequestRecord record;
  record.trace_id.bytes[0] = 1;
  record.span_id.bytes[0] = static_cast<std::uint8_t>(1 + i % 200);
  record.start_ns = 1'700'000'000'000'000'000 + i;
  using telemetry::Stage;
  record.stage_ns = testing_stages::stages<std::int64_t>({{Stage::read, 10}, {Stage::parse, 20}, {Stage::decode, 30}, {Stage::queue, 40}, {Stage::predict, 50}, {Stage::encode, 60}, {Stage::write, 70}});
  record.total_ns = 280;
  record.status = 200;
  record.rows = 1;
  record.route = telemetry::Route::predict;
  record.method = telemetry::HttpMethod::post;
  return record;
}
}  // namespace headroom::testing
