#include "analyze/analyze.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "analyze/words.h"

namespace headroom::analyze {
namespace {
std::string meta(const run::Run& run, const char* key) {
  const auto found = run.meta.find(key);
  return found == run.meta.end() ? "" : found->second;
}

std::string level_of(const StepRow& step) {
  return step.users > 0 ? count_of(step.users, "user") : number(step.rate) + " requests/s";
}

/// What the file lacks to say more.
std::string missing(const StepRow& step) {
  std::string list;
  const auto lacks = [&list](const char* what) { list += (list.empty() ? "" : "; ") + std::string(what); };
  if (!step.accounting.server_known) lacks("the server's stages (Server-Timing, or serve --record)");
  if (!step.cpu.known) lacks("the CPU of the server's processes (scale or experiment runs them and samples it)");
  if (!step.generator.known) lacks("the generator's own seconds");
  return list;
}

Finding unknown(const StepRow& step) {
  Finding finding;
  finding.cause = "unknown";
  finding.part = step.part;
  finding.at = step.label;
  finding.title = "Cannot tell why " + (step.label.empty() ? "this step" : step.label) + " broke";
  for (const auto& reason : step.broke) finding.title += (&reason == &step.broke.front() ? ": " : "; ") + reason;
  finding.confidence = 0.5;
  finding.evidence = {{"rate given", step.rps, "requests/s", "client_seconds"}, {"latency, p95", step.p95_ms, "ms", "client_seconds"},
                      {"success", step.success * 100, "%", "client_seconds"}};
  if (step.cpu.known) finding.evidence.push_back({"CPU of the server", step.cpu.cores, "cores", "replica_samples"});
  if (step.generator.known) finding.evidence.push_back({"CPU of the generator", step.generator.cores, "cores", "generator_seconds"});
  if (step.error_count > 0) finding.evidence.push_back({"failed with: " + step.error, static_cast<double>(step.error_count), "requests, ramp included", "errors"});
  if (step.success < 0.5 && !step.error.empty()) {
    finding.fix = "Most requests failed, chiefly with: " + step.error + ". See what the server says to one of them.";
    return finding;
  }
  const auto list = missing(step);
  finding.fix = list.empty() ? "All signals of this version are there and none explains it: look at the slowest requests in the report." : "Record " + list + ".";
  return finding;
}

Finding nothing_counted(const std::string& part) {
  Finding finding;
  finding.cause = "unknown";
  finding.part = part;
  finding.title = "Cannot tell: no load step with a steady part was recorded";
  finding.fix = "Record a load with steps that last some seconds beyond their ramp (headroom load --record, headroom experiment).";
  return finding;
}

/// The rate at which the CPU would be used up, by the utilization law; 0 = cannot be said.
double capacity(const StepRow& step, const Machine& machine) {
  const double cores = step.cpu.limit_cores > 0 ? step.cpu.limit_cores : machine.cpus;
  return step.cpu.known && step.cpu.us_per_request > 0 && cores > 0 ? cores / (step.cpu.us_per_request * 1e-6) : 0;
}

Finding none(const StepRow& top, const PartReport& part, const Machine& machine) {
  Finding finding;
  finding.cause = "none";
  finding.part = top.part;
  finding.at = top.label;
  finding.title = "No bottleneck up to " + level_of(top);
  finding.confidence = Weighing()
                           .fact(2, top.generator.known)
                           .fact(2, top.accounting.server_known && top.accounting.residual_share() <= 0.05)
                           .fact(2, top.requests >= 1000)
                           .fact(1, part.steps.size() >= 2)
                           .fact(1, top.cpu.known)
                           .confidence();
  finding.evidence = {{"rate", top.rps, "requests/s", "client_seconds"},
                      {"latency, p95", top.p95_ms, "ms", "client_seconds"},
                      {"success", top.success * 100, "%", "client_seconds"}};
  if (top.cpu.known) finding.evidence.push_back({"CPU of the server", top.cpu.cores, "cores", "replica_samples"});
  if (top.accounting.server_known) finding.evidence.push_back({"latency without an explanation", top.accounting.residual_share() * 100, "%", "client_seconds"});
  if (const double most = capacity(top, machine); most > top.rps) {
    finding.evidence.push_back({"rate at which the CPU would be used up", most, "requests/s", "replica_samples, client_seconds"});
  }
  finding.fix = "Nothing to fix at this load. To find the limit, go on with more users or a higher rate.";
  return finding;
}

const StepRow* last_held(const PartReport& part) {
  const StepRow* held = nullptr;
  for (const auto& step : part.steps) {
    if (step.counted() && step.broke.empty() && (!held || step.asked_rps() >= held->asked_rps())) held = &step;
  }
  return held;
}

/// The step to explain: the first one above everything that was held. Null when the highest load was held.
const StepRow* limit_step(const PartReport& part, const StepRow* held) {
  const StepRow* found = nullptr;
  for (const auto& step : part.steps) {
    if (!step.counted() || step.broke.empty()) continue;
    if (held && step.asked_rps() <= held->asked_rps()) continue;
    if (!found || step.asked_rps() < found->asked_rps()) found = &step;
  }
  return found;
}

/// Names each broken step's own cause, for the table.
void name_causes(PartReport& report, const Part& part, const Machine& machine) {
  const StepRow* base = nullptr;
  const StepRow* held = nullptr;
  for (auto& step : report.steps) {
    if (!step.counted()) continue;
    if (!base) base = &step;
    if (step.broke.empty()) {
      step.cause = generator_doubt(step, machine) ? "generator" : "none";
      held = &step;
      continue;
    }
    const auto found = find_all({part, step, *base, held, machine});
    step.cause = found.empty() ? "unknown" : found.front().cause;
  }
}

std::string sentence(const PartReport& part, const StepRow* held, const StepRow* broke, const Finding& first) {
  if (first.cause == "none") return first.title + (held ? " (" + number(held->rps) + " requests/s, p95 " + time_text(held->p95_ms) + ")" : "");
  if (first.cause == "unknown" && !broke) return first.title;
  std::string text = held ? "Holds " + level_of(*held) + " (" + number(held->rps) + " requests/s, p95 " + time_text(held->p95_ms) + ")" : "";
  if (broke) text += (text.empty() ? "Breaks at " : "; breaks at ") + level_of(*broke);
  return (text.empty() ? part.name : text) + ". " + first.title;
}

/// Held, since nobody said what holding means, but with nothing to spare: what stops it can be named. Where there is an SLO it was met.
std::vector<Finding> limit_of(const Part& part, const StepRow& held, const StepRow& base, const Machine& machine) {
  constexpr double kFull = 0.9;
  const auto& cpu = held.cpu;
  const bool at_pod_limit = cpu.known && cpu.limit_cores > 0 && cpu.is_throttled() && cpu.busiest_share >= kFull;
  const bool at_machine_limit = cpu.known && cpu.limit_cores <= 0 && machine.cpus > 0 && cpu.cores >= kFull * std::max(0.5, machine.cpus - held.generator.cores);
  if (!held.slo.empty() || (!at_pod_limit && !at_machine_limit)) return {};
  return find_all({part, held, base, nullptr, machine});
}

std::vector<Finding> explain(PartReport& report, const Part& part, const Machine& machine) {
  name_causes(report, part, machine);
  const StepRow* held = last_held(report);
  const StepRow* broke = limit_step(report, held);
  std::vector<Finding> found;
  const auto base = std::find_if(report.steps.begin(), report.steps.end(), [](const StepRow& step) { return step.counted(); });
  if (base == report.steps.end()) {
    found.push_back(nothing_counted(part.name));
  } else if (broke) {
    found = find_all({part, *broke, *base, held, machine});
    if (found.empty()) found.push_back(unknown(*broke));
  } else if (auto doubt = generator_doubt(*held, machine)) {
    found.push_back(std::move(*doubt));
  } else if (found = limit_of(part, *held, *base, machine); found.empty()) {
    found.push_back(none(*held, report, machine));
  }
  // A level that broke and was held later, higher up, is a finding of its own: what happened on the way.
  for (const auto& step : report.steps) {
    if (step.broke.empty() || &step == broke || step.cause != "scale-up-lag") continue;
    for (auto& finding : find_all({part, step, *base, held, machine})) {
      if (finding.cause == "scale-up-lag") found.push_back(std::move(finding));
    }
    break;
  }
  report.cause = found.front().cause;
  report.confidence = found.front().confidence;
  report.verdict = sentence(report, held, broke, found.front());
  return found;
}

/// Only a file that says so is judged: one made by hand or by another tool may lack the key.
std::string caveat_of(const run::Run& run) {
  if (meta(run, "interrupted") == "yes") return "Interrupted: what was to come after is missing.";
  if (meta(run, "complete") == "no") return "The recording is not complete: cut off, still going on, or rows were lost.";
  return "";
}

stats::Slo slo_of(const run::Run& run, const Options& options) {
  if (options.slo) return *options.slo;
  auto parsed = stats::parse_slo(meta(run, "slo"));
  return parsed ? std::move(*parsed) : stats::Slo{};
}
}  // namespace

Report analyze(const run::Run& run, const Options& options) {
  const stats::Slo slo = slo_of(run, options);
  const Machine machine{.cpus = std::strtod(meta(run, "cpus").c_str(), nullptr), .enforcement = meta(run, "limits")};
  Report report;
  report.caveat = report.verdict = caveat_of(run);
  for (const auto& term : slo.terms) report.slo += (report.slo.empty() ? "" : ", ") + term.text;
  auto parts = read_parts(run, slo);
  if (parts.empty()) parts.push_back({});
  for (const auto& part : parts) {
    report.parts.push_back({.name = part.name, .verdict = "", .confidence = 0, .cause = "", .steps = part.steps});
    auto found = explain(report.parts.back(), part, machine);
    std::move(found.begin(), found.end(), std::back_inserter(report.findings));
    const auto& done = report.parts.back();
    if (!report.verdict.empty()) report.verdict += " ";
    report.verdict += (part.name.empty() ? "" : part.name + ": ") + done.verdict + ".";
    report.confidence = report.parts.size() == 1 ? done.confidence : std::min(report.confidence, done.confidence);
  }
  return report;
}
}  // namespace headroom::analyze
