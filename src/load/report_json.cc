#include <array>
#include <cstdio>

#include "load/report.h"
#include "workload/body_template.h"

namespace headroom::load {
namespace {
std::string json_string(const std::string& text) {
  std::string out;
  workload::append_json_string(out, text);
  return out;
}
std::string number(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.9g", value);
  return text.data();
}
const char* truth(bool value) { return value ? "true" : "false"; }

std::string times(const stats::Histogram& h) {
  const auto at = [&](double q) { return number(static_cast<double>(h.quantile(q)) / 1e6); };
  return "{\"mean_ms\":" + number(h.mean() / 1e6) + ",\"min_ms\":" + number(static_cast<double>(h.min()) / 1e6) + ",\"p50_ms\":" + at(0.5) +
         ",\"p90_ms\":" + at(0.9) + ",\"p95_ms\":" + at(0.95) + ",\"p99_ms\":" + at(0.99) + ",\"p999_ms\":" + at(0.999) +
         ",\"max_ms\":" + number(static_cast<double>(h.max()) / 1e6) + "}";
}

std::string body(const Stats& stats, Duration span) {
  std::string out = "\"requests\":" + std::to_string(stats.requests) + ",\"failures\":" + std::to_string(stats.failures) + ",\"rps\":" +
                    number(span > Duration::zero() ? static_cast<double>(stats.requests) / seconds(span) : 0) + ",\"latency\":" + times(stats.latency) +
                    ",\"service_time\":" + times(stats.service) + ",\"send_lag\":" + times(stats.lag) + ",\"errors\":{";
  bool first = true;
  for (const auto& [error, seen] : stats.errors) {
    out += (first ? "" : ",") + json_string(error) + ":" + std::to_string(seen.count);
    first = false;
  }
  return out + "}";
}

std::string terms(const std::vector<stats::SloOutcome>& outcomes) {
  std::string out = "[";
  for (const auto& term : outcomes) {
    out += (out.size() > 1 ? "," : "") + std::string("{\"term\":") + json_string(term.term) + ",\"measured\":" + json_string(term.measured_text) +
           ",\"met\":" + truth(term.met) + "}";
  }
  return out + "]";
}

std::string texts(const std::vector<std::string>& list) {
  std::string out = "[";
  for (const auto& text : list) out += (out.size() > 1 ? "," : "") + json_string(text);
  return out + "]";
}

std::string load_key(int users, double rate) { return rate > 0 ? "\"rate\":" + number(rate) : "\"users\":" + std::to_string(users); }

std::string step(const StepResult& step) {
  return "{\"id\":" + std::to_string(step.id) + ",\"label\":" + json_string(step.label) + "," + load_key(step.users, step.rate) + ",\"steady_s\":" +
         number(seconds(step.steady)) + "," + body(step.stats, step.steady) + ",\"slo\":{\"met\":" + truth(step.slo_met) + ",\"terms\":" +
         terms(step.slo) + "},\"generator\":{\"limited\":" + truth(step.generator_limited) + ",\"reasons\":" + texts(step.generator_reasons) + "}}";
}

// The verdict over all steps is that of the worst: of each term the first step that misses it, else the first with a steady part.
std::vector<stats::SloOutcome> worst(const Result& result) {
  std::vector<stats::SloOutcome> outcomes;
  for (const auto& each : result.steps) {
    if (outcomes.empty()) outcomes = each.slo;
    for (std::size_t i = 0; i < each.slo.size(); ++i) {
      if (outcomes[i].met && !each.slo[i].met) outcomes[i] = each.slo[i];
    }
  }
  return outcomes;
}
}  // namespace

std::string to_json(const Result& result) {
  // The document's own figures are those of the steady parts; a run too short to have one is told as a whole.
  const bool steady = result.steady.requests > 0;
  const Stats& scope = steady ? result.steady : result.total;
  std::string out = "{\"url\":" + json_string(result.url) + ",\"duration_s\":" + number(seconds(result.duration)) + "," +
                    load_key(result.peak_users, result.rate) + ",\"scope\":" + json_string(steady ? "steady" : "whole run") + "," +
                    body(scope, steady ? result.steady_span : result.duration) + ",\"whole_run\":{" + body(result.total, result.duration) + "},\"by_name\":[";
  for (std::size_t i = 0; i < result.by_name.size(); ++i) {
    const auto& each = result.by_name[i];
    out += (i ? ",{" : "{") + std::string("\"method\":") + json_string(each.method) + ",\"name\":" + json_string(each.name) + "," + body(each.stats, result.duration) + "}";
  }
  out += "],\"steps\":[";
  for (std::size_t i = 0; i < result.steps.size(); ++i) out += (i ? "," : "") + step(result.steps[i]);
  out += "],\"unfinished\":" + std::to_string(result.unfinished) + ",\"never_sent\":" + std::to_string(result.never_sent) +
         ",\"interrupted\":" + truth(result.interrupted) + ",\"generator\":{\"limited\":" + truth(result.generator.limited) + ",\"reasons\":" +
         texts(result.generator.reasons) + ",\"cpu_share\":" + number(result.generator.cpu_share) + "}";
  const auto outcomes = worst(result);
  out += ",\"slo\":{\"met\":" + std::string(truth(result.slo_met)) + ",\"terms\":" + terms(outcomes) + "}";
  return out + "}\n";
}
}  // namespace headroom::load
