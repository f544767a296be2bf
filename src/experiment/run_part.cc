#include "experiment/run_part.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>

#include "io/file.h"
#include "load/find_knee.h"
#include "scale/session.h"

namespace headroom::experiment {
namespace {
load::Step step_of(const Part& part, const Level& level) {
  load::Step step;
  step.users = level.users;
  step.rate = level.rate;
  step.duration = level.duration.value_or(part.duration);
  step.spawn_rate = level.spawn_rate.value_or(part.spawn_rate);
  return step;
}

load::KneeOptions knee_of(const Part& part) {
  const Level& last = part.steps.back();
  const double level = last.users > 0 ? last.users : last.rate;
  load::KneeOptions knee;
  knee.by_rate = last.users == 0;
  knee.first = 2 * level;
  knee.last = part.up_to > 0 ? part.up_to : 32 * level;
  knee.duration = part.duration;
  knee.spawn_rate = part.spawn_rate;
  return knee;
}

std::string line_of(const load::StepResult& step, const std::optional<scale::SessionStatus>& status) {
  const auto fixed = [](double value, int decimals) {
    char text[40];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return std::string(text);
  };
  std::string line = "  " + step.label + std::string(step.label.size() < 12 ? 12 - step.label.size() : 1, ' ');
  if (step.steady <= Duration::zero()) return line + "not counted: it ended before its users had settled; a longer `duration` helps";
  const double success = step.stats.requests > 0 ? 100.0 - 100.0 * static_cast<double>(step.stats.failures) / static_cast<double>(step.stats.requests) : 0;
  line += fixed(step.rps(), 0) + " requests/s, p50 " + to_text(Duration(step.stats.latency.quantile(0.5))) + ", p95 " +
          to_text(Duration(step.stats.latency.quantile(0.95))) + ", " + fixed(success, success < 100 ? 2 : 0) + " % answered";
  if (status) line += ", " + std::to_string(status->ready) + " of " + std::to_string(status->desired) + " pods ready";
  if (step.generator_limited) line += "  (generator limited)";
  if (!step.slo_met) line += "  SLO missed";
  return line;
}

/// The steps of a part, one after the other, with the reason why they end early.
class Course {
 public:
  Course(const ReadyPart& ready, const scale::Session* session) : ready_(ready), session_(session) {}

  [[nodiscard]] load::Step first() { return step_of(ready_.part, ready_.part.steps[next_++]); }

  [[nodiscard]] std::optional<load::Step> next(const load::StepResult& ended) {
    const auto& part = ready_.part;
    if (load::never_connected(ended.stats)) return end("not one connection could be made");
    if (knee_) return knee_->next(ended);
    if (part.until_breaks && !ended.slo_met && nothing_left()) return end("it broke, and there is nothing left to scale");
    if (next_ < part.steps.size()) return step_of(part, part.steps[next_++]);
    if (!part.find_knee || !ended.slo_met || ended.generator_limited) return std::nullopt;
    return knee_.emplace(knee_of(part)).first();
  }

  [[nodiscard]] std::string stopped() const { return stopped_; }

 private:
  std::optional<load::Step> end(const char* why) {
    if (next_ < ready_.part.steps.size()) stopped_ = why;
    return std::nullopt;
  }
  /// No autoscaler, or one that has all the replicas it may have.
  [[nodiscard]] bool nothing_left() const {
    const auto& hpa = ready_.scale.session.hpa;
    if (!session_ || !hpa) return true;
    const auto status = session_->status();
    return status.desired >= hpa->max && status.ready >= hpa->max;
  }

  const ReadyPart& ready_;
  const scale::Session* session_;
  std::size_t next_ = 0;
  std::optional<load::KneeSearch> knee_;
  std::string stopped_;
};

expected<std::unique_ptr<scale::Session>, Failure> serve(const ReadyPart& ready, run::Writer& writer, const Say& say) {
  if (!ready.part.url.empty()) return std::unique_ptr<scale::Session>{};
  scale::Options options = ready.scale.session;
  options.part = ready.part.name;
  // One line for each change of size, and for a replica that crashed; the report has every decision with its reasons.
  options.say = [say](const std::string& line) {
    const bool decision = line.starts_with("hpa") && line.find(" -> ") != std::string::npos;
    if (decision || line.find(": crash") != std::string::npos) say("    " + line);
  };
  return scale::Session::start(std::move(options), &writer);
}
}  // namespace

expected<ReadyPart, Failure> prepare(const Part& part) {
  ReadyPart ready;
  ready.part = part;
  const auto file = io::read_file(part.scenario, Bytes{workload::ScenarioLimits{}.max_bytes});
  if (!file) return unexpected(io::to_failure(file.error()));
  auto scenario = workload::read_scenario({reinterpret_cast<const char*>(file->bytes().data()), file->size()});
  if (!scenario) {
    const auto& error = scenario.error();
    return unexpected(Failure{ExitCode::wrong_use, error.message, part.scenario + ":" + std::to_string(error.line) + ":" + std::to_string(error.column),
                              "docs/formats/scenario.md explains each key"});
  }
  ready.scenario = std::move(*scenario);
  if (!part.url.empty()) return ready;
  if (const auto model = io::read_file(part.model, Bytes{std::uint64_t{4} << 30U}); !model) return unexpected(io::to_failure(model.error()));
  ready.scale.hpa_file = part.hpa;
  ready.scale.deployment_file = part.deployment;
  HEADROOM_TRY_VOID(scale::read_manifests(ready.scale));
  auto& session = ready.scale.session;
  session.model = part.model;
  session.serve_flags = part.flags;
  session.time_scale = part.time_scale;
  session.replicas = part.replicas;
  session.seed = part.seed;
  return ready;
}

expected<PartResult, Failure> run_part(const ReadyPart& ready, const Plan& plan, run::Writer& writer, int first_step_id, const Say& say,
                                       const std::function<void()>& poll, std::stop_token stop) {
  const auto& part = ready.part;
  HEADROOM_TRY(session, serve(ready, writer, say));
  Course course(ready, session.get());
  load::Options options;
  options.scenario = ready.scenario;
  options.url = session ? "http://127.0.0.1:" + std::to_string(session->port()) : part.url;
  options.steps = {course.first()};
  options.spawn_rate = part.spawn_rate;
  options.duration_from = load::DurationFrom::ramp;
  options.threads = part.threads;
  options.slo = plan.slo;
  options.seed = part.seed;
  options.part = part.name;
  options.first_step_id = first_step_id;
  options.next_step = [&](const load::StepResult& ended) {
    say(line_of(ended, session ? std::optional(session->status()) : std::nullopt));
    return course.next(ended);
  };
  PartResult result;
  auto load = load::run_load(options, &writer, [&](const load::Progress&) { poll(); }, stop);
  if (session) {
    result.enforcement = session->status().enforcement;
    session->stop();
  }
  if (!load) return unexpected(load.error());
  result.load = std::move(*load);
  result.stopped = course.stopped();
  if (!result.stopped.empty()) say("  stopped here: " + result.stopped);
  return result;
}
}  // namespace headroom::experiment
