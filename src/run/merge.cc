#include "run/merge.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace headroom::run {
namespace {
struct TraceHash {
  std::size_t operator()(const telemetry::TraceId& id) const {
    std::size_t low = 0;
    std::memcpy(&low, id.bytes.data() + 8, sizeof(low));  // the half that is random in every tracer
    return low;
  }
};

template <class Row>
void append(std::vector<Row>& to, std::vector<Row>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Indexes of `from`'s names in `to`, which gets the new ones.
std::vector<int> share_names(std::vector<std::string>& to, const std::vector<std::string>& from) {
  std::vector<int> map;
  for (const auto& name : from) {
    const auto found = std::find(to.begin(), to.end(), name);
    map.push_back(static_cast<int>(found - to.begin()));
    if (found == to.end()) to.push_back(name);
  }
  return map;
}

template <class Rows>
void rename(Rows& rows, const std::vector<int>& names) {
  for (auto& row : rows) row.name = names.at(static_cast<std::size_t>(row.name));
}
template <class Rows>
void move_steps(Rows& rows, int by) {
  for (auto& row : rows) row.step += by;
}

template <class Visit>
void each_replica(Run& run, Visit visit) {
  for (auto& row : run.server_seconds) visit(row.replica);
  for (auto& row : run.server_requests) visit(row.replica);
  for (auto& row : run.replica_samples) visit(row.replica);
  for (auto& row : run.replica_events) visit(row.replica);
}

std::set<std::string> replicas_of(Run& run) {
  std::set<std::string> found;
  each_replica(run, [&](const std::string& replica) { found.insert(replica); });
  return found;
}

void tell_replicas_apart(Run& all, Run& next, std::size_t file) {
  const auto taken = replicas_of(all);
  each_replica(next, [&](std::string& replica) {
    if (taken.contains(replica)) replica += " (" + std::to_string(file) + ")";
  });
}

void add_run(Run& all, Run&& next, std::size_t file) {
  for (auto& [key, value] : next.meta) all.meta.try_emplace(key, value);
  const auto names = share_names(all.names, next.names);
  rename(next.samples, names), rename(next.client_seconds, names), rename(next.errors, names);
  int steps = 0;
  for (const auto& step : all.steps) steps = std::max(steps, step.id + 1);
  if (!next.steps.empty() && steps > 0) {
    for (auto& step : next.steps) step.id += steps;
    move_steps(next.samples, steps), move_steps(next.client_seconds, steps), move_steps(next.errors, steps);
    move_steps(next.generator_seconds, steps), move_steps(next.slow_requests, steps);
  }
  tell_replicas_apart(all, next, file);
  append(all.steps, std::move(next.steps));
  append(all.samples, std::move(next.samples));
  append(all.client_seconds, std::move(next.client_seconds));
  append(all.errors, std::move(next.errors));
  append(all.generator_seconds, std::move(next.generator_seconds));
  append(all.server_seconds, std::move(next.server_seconds));
  append(all.server_requests, std::move(next.server_requests));
  append(all.replica_samples, std::move(next.replica_samples));
  append(all.replica_events, std::move(next.replica_events));
  append(all.hpa_passes, std::move(next.hpa_passes));
  append(all.slow_requests, std::move(next.slow_requests));
}

/// The second of `rows` (sorted by step, name and time) in which the sample ended; nullptr if none.
ClientSecond* second_of(std::vector<ClientSecond*>& rows, const Sample& sample) {
  const auto key = [](const ClientSecond& row) { return std::tuple(row.step, row.name, row.t_ns); };
  const auto after = std::upper_bound(rows.begin(), rows.end(), std::tuple(sample.step, sample.name, sample.done_ns),
                                      [&](const auto& wanted, const ClientSecond* row) { return wanted < key(*row); });
  if (after == rows.begin()) return nullptr;
  ClientSecond* row = *std::prev(after);
  const bool in_it = row->step == sample.step && row->name == sample.name && sample.done_ns - row->t_ns < 1'000'000'000;
  return in_it ? row : nullptr;
}

void join(Run& run) {
  std::unordered_map<telemetry::TraceId, const telemetry::RequestRecord*, TraceHash> by_trace;
  for (const auto& request : run.server_requests) by_trace.emplace(request.record.trace_id, &request.record);
  if (by_trace.empty()) return;
  std::vector<ClientSecond*> seconds;
  for (auto& row : run.client_seconds) seconds.push_back(&row);
  std::sort(seconds.begin(), seconds.end(), [](const auto* a, const auto* b) {
    return std::tuple(a->step, a->name, a->t_ns) < std::tuple(b->step, b->name, b->t_ns);
  });
  for (auto& sample : run.samples) {
    const auto found = by_trace.find(sample.trace_id);
    if (sample.has_server || sample.trace_id == telemetry::TraceId{} || found == by_trace.end()) continue;
    sample.has_server = true;
    sample.server_ns = found->second->stage_ns;
    ClientSecond* second = second_of(seconds, sample);
    if (!second) continue;
    ++second->with_server;
    second->with_server_service_ns += sample.done_ns - sample.sent_ns;
    for (std::size_t s = 0; s < telemetry::kStages; ++s) second->server_ns[s] += sample.server_ns[s];
  }
}
}  // namespace

Run merge(std::vector<Run> runs) {
  if (runs.empty()) return {};
  const auto with_steps = std::find_if(runs.begin(), runs.end(), [](const Run& run) { return !run.steps.empty(); });
  if (with_steps != runs.end()) std::rotate(runs.begin(), with_steps, std::next(with_steps));
  Run all = std::move(runs.front());
  for (std::size_t i = 1; i < runs.size(); ++i) add_run(all, std::move(runs[i]), i + 1);
  if (runs.size() > 1) join(all);
  return all;
}
}  // namespace headroom::run
