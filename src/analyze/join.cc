#include "analyze/join.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <unordered_map>

namespace headroom::analyze {
namespace {
template <class Row>
void append(std::vector<Row>& to, std::vector<Row>&& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

std::uint64_t key(const telemetry::TraceId& id) {
  std::uint64_t low;  // trace ids are random: eight of their bytes name one in any run
  std::memcpy(&low, id.bytes.data() + 8, sizeof low);
  return low;
}

void fill_stages(run::Run& run) {
  std::unordered_map<std::uint64_t, const telemetry::RequestRecord*> records;
  for (const auto& request : run.server_requests) records.emplace(key(request.record.trace_id), &request.record);
  for (auto& sample : run.samples) {
    if (sample.has_server || sample.trace_id == telemetry::TraceId{}) continue;
    const auto found = records.find(key(sample.trace_id));
    if (found == records.end() || !(found->second->trace_id == sample.trace_id)) continue;
    sample.server_ns = found->second->stage_ns;
    sample.has_server = true;
  }
}
}  // namespace

void join(run::Run& run, run::Run&& other) {
  if (run.steps.empty() && !other.steps.empty()) std::swap(run, other);
  run.meta.insert(other.meta.begin(), other.meta.end());  // what both say, the load's file says
  append(run.server_seconds, std::move(other.server_seconds));
  append(run.server_requests, std::move(other.server_requests));
  append(run.replica_samples, std::move(other.replica_samples));
  append(run.replica_events, std::move(other.replica_events));
  append(run.hpa_passes, std::move(other.hpa_passes));
  fill_stages(run);
}
}  // namespace headroom::analyze
