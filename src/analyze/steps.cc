#include "analyze/steps.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "analyze/machines.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr double kNsPerMs = 1e6;
constexpr std::size_t kMaxSteps = 1000;  // a stranger's file may name millions; no report could show them

struct Gathered {
  StepRow row;
  ClientSums client;
  ServerSums server;
  double in_flight_ns = 0;        // of the samples, within the steady part
  std::uint64_t samples = 0;      // that ended within it
  bool open = false;              // its end was not recorded
};

void add(ClientSums& sums, const run::ClientSecond& second) {
  sums.requests += second.requests;
  sums.failures += second.failures;
  sums.latency += static_cast<double>(second.latency_ns);
  sums.service += static_cast<double>(second.service_ns);
  sums.lag += static_cast<double>(second.lag_ns);
  sums.connect += static_cast<double>(second.connect_ns);
  sums.with_server += second.with_server;
  sums.with_server_service += static_cast<double>(second.with_server_service_ns);
  for (std::size_t i = 0; i < sums.server.size(); ++i) sums.server[i] += static_cast<double>(second.server_ns[i]);
  sums.latency_histogram.merge(second.latency);
  sums.slo_latency.merge(second.slo_latency.count() > 0 ? second.slo_latency : second.latency);
}

/// The client's seconds are cut at the steps' edges, so those marked steady hold all that ended in the steady part. A step whose
/// end was never written (the run was killed) ends with its last second.
void add_client_seconds(const run::Run& run, std::map<int, Gathered>& steps) {
  for (const auto& second : run.client_seconds) {
    const auto found = steps.find(second.step);
    if (found == steps.end()) continue;
    auto& gathered = found->second;
    if (gathered.open) gathered.row.end_ns = std::max(gathered.row.end_ns, second.t_ns + kSecond);
    if (second.steady) add(gathered.client, second);
  }
  for (auto& [id, step] : steps) {
    step.row.seconds = step.client.requests > 0 ? nanoseconds_between(step.row.steady_ns, step.row.end_ns) * 1e-9 : 0;
  }
}

/// A file that is not complete names the ends that were planned; what was recorded reaches to its last second.
void end_where_the_recording_ends(const run::Run& run, std::map<int, Gathered>& steps) {
  const auto complete = run.meta.find("complete");
  if (complete == run.meta.end() || complete->second != "no") return;
  std::map<int, std::int64_t> last;
  for (const auto& second : run.client_seconds) last[second.step] = std::max(last[second.step], second.t_ns + kSecond);
  for (auto& [id, step] : steps) step.row.end_ns = std::min(step.row.end_ns, std::max(last[id], step.row.steady_ns));
}

void add_errors(const run::Run& run, std::map<int, Gathered>& steps) {
  std::map<std::pair<int, std::string>, std::uint64_t> counts;
  for (const auto& error : run.errors) counts[{error.step, error.error}] += error.count;
  for (const auto& [key, count] : counts) {
    const auto found = steps.find(key.first);
    if (found == steps.end() || count <= found->second.row.error_count) continue;
    found->second.row.error = key.second;
    found->second.row.error_count = count;
  }
}

void add_samples(const run::Run& run, std::map<int, Gathered>& steps) {
  int last_id = 0;
  Gathered* last = nullptr;
  for (const auto& sample : run.samples) {
    if (!last || sample.step != last_id) {
      const auto found = steps.find(sample.step);
      if (found == steps.end()) continue;
      last_id = sample.step;
      last = &found->second;
    }
    const auto& row = last->row;
    const auto from = std::max(sample.intended_ns, row.steady_ns), to = std::min(sample.done_ns, row.end_ns);
    last->in_flight_ns += nanoseconds_between(from, to);
    if (sample.done_ns >= row.steady_ns && sample.done_ns < row.end_ns) ++last->samples;
  }
}

/// Seconds of a server do not begin with those of the client: one belongs to the step whose steady part holds most of it.
void add_server_seconds(const run::Run& run, std::map<int, Gathered>& steps) {
  std::map<std::int64_t, Gathered*> by_time;
  for (auto& [id, step] : steps) by_time[step.row.steady_ns] = &step;
  for (const auto& second : run.server_seconds) {
    if (!telemetry::predicts(second.route) && second.route != telemetry::Route::health) continue;
    const auto middle = second.t_ns + kSecond / 2;
    auto found = by_time.upper_bound(middle);
    if (found == by_time.begin() || middle >= (--found)->second->row.end_ns) continue;
    auto& sums = found->second->server;
    sums.requests += second.requests;
    for (std::size_t i = 0; i < sums.stages.size(); ++i) sums.stages[i] += static_cast<double>(second.stage_ns[i]);
    sums.predict_cpu += static_cast<double>(second.predict_cpu_ns);
    sums.predict_cpu_n += second.predict_cpu_n;
  }
}

/// Only where every request was recorded: slow ones are always kept, so a sample of the others would make the law look broken.
Little little(const Gathered& step) {
  const auto span = nanoseconds_between(step.row.steady_ns, step.row.end_ns);
  if (step.samples < 100 || span <= 0 || static_cast<double>(step.samples) < 0.99 * static_cast<double>(step.client.requests)) return {};
  return {.known = true, .in_flight = step.in_flight_ns / span, .rate_times_latency = step.row.rps * step.row.mean_ms * 1e-3};
}

/// Nanoseconds; 0 = no term is about latency.
double smallest_latency_limit(const stats::Slo& slo) {
  double smallest = 0;
  for (const auto& term : slo.terms) {
    const bool latency = term.metric != stats::SloTerm::Metric::errors && term.metric != stats::SloTerm::Metric::rps;
    if (latency && (smallest == 0 || term.limit < smallest)) smallest = term.limit;
  }
  return smallest;
}

void finish(Gathered& step, const run::Run& run, const stats::Slo& slo) {
  auto& row = step.row;
  const auto& client = step.client;
  row.requests = client.requests;
  row.failures = client.failures;
  row.accounting = account(client, step.server);
  row.mean_ms = row.accounting.mean_ms;
  const auto quantile = [&client](double q) { return static_cast<double>(client.latency_histogram.quantile(q)) / kNsPerMs; };
  row.p50_ms = quantile(0.5);
  row.p95_ms = quantile(0.95);
  row.p99_ms = quantile(0.99);
  row.max_ms = static_cast<double>(client.latency_histogram.max()) / kNsPerMs;
  if (row.counted()) {
    row.rps = static_cast<double>(row.requests) / row.seconds;
    row.success = 1 - static_cast<double>(row.failures) / static_cast<double>(row.requests);
    row.little = little(step);
    row.slo = stats::judge(slo, {.latency = client.slo_latency, .requests = row.requests, .failures = row.failures,
                                 .span = from_seconds(row.seconds)});
    row.slo_ms = smallest_latency_limit(slo) / kNsPerMs;
  }
  if (step.server.predict_cpu_n > 0) row.predict_cpu_us = step.server.predict_cpu / static_cast<double>(step.server.predict_cpu_n) / 1e3;
  const Window window{row.start_ns, row.steady_ns, row.end_ns};
  row.cpu = cpu_of(run, window, row.rps);
  row.generator = generator_of(run, row.id, window);
  row.replicas = replicas_of(run, window);
}

StepRow describe(const run::Step& step) {
  StepRow row;
  row.id = step.id;
  row.part = step.part;
  row.label = step.label;
  row.users = step.users;
  row.rate = step.rate;
  row.start_ns = step.start_ns;
  row.steady_ns = step.steady_ns;
  row.end_ns = step.end_ns;
  return row;
}

void judge_rate(StepRow& row) {
  const double asked = row.asked_rps();
  if (asked <= 0 || row.rps >= 0.9 * asked) return;
  // Users who think ask less often by chance, or because other kinds of them came: only slower answers can be the server's doing.
  const double cycle_ms = row.users > 0 ? 1e3 * row.users / asked : 0;
  if (row.rate <= 0 && row.mean_ms < 0.05 * cycle_ms) return;
  row.broke.push_back("gave " + number(row.rps) + " of " + number(asked) + " requests/s asked for");
}
}  // namespace

std::vector<Part> read_parts(const run::Run& run, const stats::Slo& slo) {
  std::map<int, Gathered> steps;
  for (const auto& step : run.steps) {
    if (steps.size() < kMaxSteps || steps.contains(step.id)) steps[step.id].row = describe(step);
  }
  for (auto& [id, step] : steps) step.open = step.row.end_ns <= step.row.steady_ns;
  end_where_the_recording_ends(run, steps);
  add_errors(run, steps);
  add_client_seconds(run, steps);
  add_samples(run, steps);
  add_server_seconds(run, steps);
  std::vector<Part> parts;
  for (auto& [id, step] : steps) {
    finish(step, run, slo);
    auto part = std::find_if(parts.begin(), parts.end(), [&row = step.row](const Part& each) { return each.name == row.part; });
    if (part == parts.end()) part = parts.insert(parts.end(), Part{step.row.part, {}});
    part->steps.push_back(std::move(step.row));
  }
  for (auto& part : parts) judge_steps(part, slo);
  return parts;
}

void judge_steps(Part& part, const stats::Slo& slo) {
  const auto base = std::find_if(part.steps.begin(), part.steps.end(), [](const StepRow& row) { return row.counted(); });
  if (base == part.steps.end()) return;
  for (auto& row : part.steps) {
    if (!row.counted()) continue;
    if (row.users > 0 && row.rps > 0 && base->users > 0) {
      const double base_cycle_s = base->users / base->rps;  // think + latency
      row.closed = {.known = true, .think_ms = row.users / row.rps * 1e3 - row.mean_ms, .expected_rps = row.users / base_cycle_s};
    }
    for (const auto& term : row.slo) {
      if (!term.met) row.broke.push_back(term.term + " missed: " + term.measured_text);
    }
    const bool errors_judged = std::any_of(slo.terms.begin(), slo.terms.end(),
                                           [](const auto& term) { return term.metric == stats::SloTerm::Metric::errors; });
    if (!errors_judged && row.success < 0.99) row.broke.push_back("more than 1 % of the requests failed");
    judge_rate(row);
    if (slo.terms.empty() && row.p95_ms > 100 && row.p95_ms > 10 * base->p95_ms) row.broke.push_back("p95 is ten times that of the first step");
  }
}
}  // namespace headroom::analyze
