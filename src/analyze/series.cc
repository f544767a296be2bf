#include "analyze/series.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "stats/histogram.h"

namespace headroom::analyze {
namespace {
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

double since(std::int64_t zero_ns, std::int64_t t_ns) { return static_cast<double>(static_cast<long double>(t_ns) - zero_ns) * 1e-9; }

struct Point {
  double requests = 0, failures = 0, users = 0, cpu = 0, lag_ms = 0;
  int generator_rows = 0;
  stats::Histogram latency;
};

std::int64_t first_step(const run::Run& run) {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (const auto& step : run.steps) first = std::min(first, step.start_ns);
  return run.steps.empty() ? 0 : first;
}

/// Seconds from the first step's start to the last one's end.
double length_of(const run::Run& run, std::int64_t zero_ns) {
  double end = 0;
  for (const auto& step : run.steps) end = std::max(end, since(zero_ns, step.end_ns));
  return end;
}

std::map<std::int64_t, Point> gather(const run::Run& run, const Series& series) {
  std::map<std::int64_t, Point> points;
  const double last = length_of(run, series.zero_ns) - 0.5;  // a piece of a second at the end would look like a fall
  const auto slot = [&](std::int64_t t_ns) -> Point* {
    if (last > 0 && since(series.zero_ns, t_ns) > last) return nullptr;
    const double at = std::floor((since(series.zero_ns, t_ns) + 0.5) / series.width_s);
    return at >= -1 && at <= static_cast<double>(kMaxPoints) + 1 ? &points[static_cast<std::int64_t>(at)] : nullptr;
  };
  for (const auto& second : run.client_seconds) {
    Point* point = slot(second.t_ns);
    if (!point) continue;
    point->requests += static_cast<double>(second.requests);
    point->failures += static_cast<double>(second.failures);
    point->latency.merge(second.latency);
  }
  for (const auto& second : run.generator_seconds) {
    Point* point = slot(second.t_ns);
    if (!point) continue;
    point->users = std::max(point->users, static_cast<double>(second.users));
    point->cpu = std::max(point->cpu, second.cpu_share);
    point->lag_ms = std::max(point->lag_ms, static_cast<double>(second.lag_p99_ns) * 1e-6);
    ++point->generator_rows;
  }
  return points;
}

std::string hex(const telemetry::TraceId& id) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const auto byte : id.bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return id == telemetry::TraceId{} ? "" : text;
}

SlowPath path_of(const run::Sample& sample, const run::Run& run, std::int64_t zero_ns) {
  SlowPath path;
  path.t_s = since(zero_ns, sample.done_ns);
  path.name = sample.name >= 0 && static_cast<std::size_t>(sample.name) < run.names.size() ? run.names[static_cast<std::size_t>(sample.name)] : "";
  for (const auto& step : run.steps) {
    if (step.id != sample.step) continue;
    path.part = step.part;
    path.step = step.label;
  }
  path.status = sample.status;
  path.error = sample.error;
  path.trace_id = hex(sample.trace_id);
  path.latency_ms = since(sample.intended_ns, sample.done_ns) * 1e3;
  path.lag_ms = since(sample.intended_ns, sample.sent_ns) * 1e3;
  path.connect_ms = static_cast<double>(sample.connect_ns) * 1e-6;
  path.has_server = sample.has_server;
  double server_ms = 0;
  for (const auto stage : sample.server_ns) {
    path.stages_ms.push_back(static_cast<double>(stage) * 1e-6);
    server_ms += path.stages_ms.back();
  }
  path.network_ms = std::fmax(0, since(sample.sent_ns, sample.done_ns) * 1e3 - path.connect_ms - server_ms);
  for (const auto& slow : run.slow_requests) {
    if (!path.trace_id.empty() && slow.trace_id == sample.trace_id) path.body = slow.request_body;
  }
  return path;
}

void add_hpa_events(const run::Run& run, std::int64_t zero_ns, std::vector<RunEvent>& events) {
  std::string last_reason;
  for (const auto& pass : run.hpa_passes) {
    const bool changed = pass.desired != pass.current;
    if (!changed && pass.reason == last_reason) continue;
    last_reason = pass.reason;
    std::string text = changed ? std::to_string(pass.current) + " → " + std::to_string(pass.desired) + ": " : "";
    text += pass.event.empty() ? pass.message : pass.event;
    if (!pass.reason.empty()) text += " (" + pass.reason + ")";
    events.push_back({since(zero_ns, pass.t_ns), "hpa", std::move(text)});
  }
}
}  // namespace

Series series_of(const run::Run& run) {
  Series series;
  series.zero_ns = first_step(run);
  // So many seconds a point that all points fit.
  series.width_s = std::max(1.0, std::ceil(length_of(run, series.zero_ns) / static_cast<double>(kMaxPoints)));
  for (const auto& [slot, point] : gather(run, series)) {
    const auto quantile = [&point = point](double q) {
      return point.latency.count() > 0 ? static_cast<double>(point.latency.quantile(q)) * 1e-6 : kNothing;
    };
    series.t_s.push_back(static_cast<double>(slot) * series.width_s);
    series.rps.push_back(point.requests / series.width_s);
    series.failures.push_back(point.failures / series.width_s);
    series.p50_ms.push_back(quantile(0.5));
    series.p95_ms.push_back(quantile(0.95));
    series.p99_ms.push_back(quantile(0.99));
    series.users.push_back(point.generator_rows > 0 ? point.users : kNothing);
    series.generator_cpu.push_back(point.generator_rows > 0 ? point.cpu : kNothing);
    series.lag_p99_ms.push_back(point.generator_rows > 0 ? point.lag_ms : kNothing);
  }
  return series;
}

std::vector<ReplicaPoint> replica_points(const run::Run& run, std::int64_t zero_ns) {
  struct Change { std::int64_t t_ns; const run::ReplicaEvent* event; const run::HpaPass* pass; };
  std::vector<Change> changes;
  for (const auto& event : run.replica_events) changes.push_back({event.t_ns, &event, nullptr});
  for (const auto& pass : run.hpa_passes) changes.push_back({pass.t_ns, nullptr, &pass});
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.t_ns < b.t_ns; });
  std::vector<ReplicaPoint> points;
  std::set<std::string> ready;
  double desired = kNothing;
  for (const auto& change : changes) {
    if (change.pass) desired = change.pass->desired;
    if (change.event && change.event->event == "ready") ready.insert(change.event->replica);
    if (change.event && (change.event->event == "drain" || change.event->event == "exit" || change.event->event == "crash")) {
      ready.erase(change.event->replica);
    }
    if (ready.empty()) desired = kNothing;  // between two parts nobody decides
    const ReplicaPoint point{since(zero_ns, change.t_ns), static_cast<double>(ready.size()), desired};
    const bool same = !points.empty() && points.back().ready == point.ready &&
                      (points.back().desired == desired || (std::isnan(points.back().desired) && std::isnan(desired)));
    if (!same && points.size() < 4 * kMaxPoints) points.push_back(point);
  }
  return points;
}

std::vector<RunEvent> events_of(const run::Run& run, std::int64_t zero_ns) {
  std::vector<RunEvent> events;
  add_hpa_events(run, zero_ns, events);
  for (const auto& event : run.replica_events) {
    if (event.event == "start") continue;
    events.push_back({since(zero_ns, event.t_ns), event.event, event.replica + (event.detail.empty() ? "" : ": " + event.detail)});
  }
  std::stable_sort(events.begin(), events.end(), [](const RunEvent& a, const RunEvent& b) { return a.t_s < b.t_s; });
  if (events.size() > kMaxEvents) events.resize(kMaxEvents);
  return events;
}

std::vector<SlowPath> slowest(const run::Run& run, std::int64_t zero_ns) {
  std::vector<const run::Sample*> samples;
  samples.reserve(run.samples.size());
  for (const auto& sample : run.samples) samples.push_back(&sample);
  const auto count = std::min(kSlowest, samples.size());
  const auto latency = [](const run::Sample* s) { return static_cast<long double>(s->done_ns) - s->intended_ns; };
  std::partial_sort(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(count), samples.end(),
                    [&](const auto* a, const auto* b) { return latency(a) > latency(b); });
  std::vector<SlowPath> paths;
  for (std::size_t i = 0; i < count; ++i) paths.push_back(path_of(*samples[i], run, zero_ns));
  return paths;
}
}  // namespace headroom::analyze
