#include "experiment/experiment.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "analyze/analyze.h"
#include "analyze/document.h"
#include "experiment/plan.h"
#include "experiment/run_part.h"
#include "io/cgroup.h"
#include "io/cgroup_paths.h"
#include "io/clock.h"
#include "io/colour.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/signal.h"
#include "io/thread.h"
#include "run/reader.h"
#include "run/writer.h"

namespace headroom::experiment {
namespace {
expected<Plan, Failure> read_file(const std::string& path) {
  const auto file = io::read_file(path, Bytes{PlanLimits{}.max_bytes});
  if (!file) return unexpected(io::to_failure(file.error()));
  auto plan = read_plan({reinterpret_cast<const char*>(file->bytes().data()), file->size()});
  if (plan) return std::move(*plan);
  const auto& error = plan.error();
  const auto place = error.line > 0 ? ":" + std::to_string(error.line) + ":" + std::to_string(error.column) : "";
  return unexpected(Failure{ExitCode::wrong_use, error.message, path + place, "docs/experiment.md explains each key"});
}

std::string utc(WallTime now) {
  using namespace std::chrono;
  const auto day = floor<days>(now);
  const year_month_day date(day);
  const hh_mm_ss time(floor<std::chrono::seconds>(now - day));
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

/// 10, 0.5
std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

/// "model name : …" of /proc/cpuinfo.
std::string processor() {
  const auto text = io::read_small("/proc/cpuinfo");
  const auto at = text.find("model name");
  const auto colon = at == std::string::npos ? at : text.find(": ", at);
  return colon == std::string::npos ? "" : text.substr(colon + 2, text.find('\n', colon) - colon - 2);
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

run::Meta meta_of(const ExperimentOptions& options, const Plan& plan) {
  run::Meta meta{{"command", "headroom experiment " + options.file},
                 {"tool", "headroom " + options.version},
                 {"started", utc(io::wall_now())},
                 {"cpus", std::to_string(io::cpus_granted())},
                 {"processor", processor()},
                 {"kernel", trimmed(io::read_small("/proc/sys/kernel/osrelease"))},
                 {"slo", plan.slo_text}};
  for (const auto& part : plan.parts) {
    const std::string prefix = part.name.empty() ? "" : part.name + ": ";
    meta[prefix + (part.model.empty() ? "url" : "model")] = part.model.empty() ? part.url : part.model;
    meta[prefix + "scenario"] = part.scenario;
    meta[prefix + "seed"] = std::to_string(part.seed);
    meta[prefix + "generator threads"] = std::to_string(part.threads);
    if (!part.hpa.empty()) meta[prefix + "hpa"] = part.hpa + ", controller time " + number(part.time_scale) + "x";
    if (!part.deployment.empty()) meta[prefix + "deployment"] = part.deployment;
  }
  return meta;
}

/// Says lines from this thread and the session's, one at a time; and hears Ctrl-C: the first ends the load, the second all.
class Desk {
 public:
  Desk() : signals_({io::Signal::interrupt, io::Signal::terminate}) {}
  void say(const std::string& line) {
    lock_.with([&](int&) {
      std::fprintf(stderr, "%s\n", line.c_str());
    });
  }
  void poll() {
    while (signals_.next()) {
      if (interrupted()) std::_Exit(static_cast<int>(ExitCode::interrupted));
      stop_.request_stop();
      say("  ending: what was recorded is kept (again to end at once)");
    }
  }
  [[nodiscard]] bool interrupted() const { return stop_.stop_requested(); }
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  io::SignalQueue signals_;
  io::Guarded<int> lock_;
  std::stop_source stop_;
};

std::string what_is_served(const Part& part) {
  std::string text = part.name.empty() ? "" : part.name + ": ";
  text += part.url.empty() ? "serving " + part.model : "loading " + part.url;
  if (!part.hpa.empty()) text += ", scaled by " + part.hpa;
  return text + ", load of " + part.scenario;
}

/// The parts, one after the other; a part that fails ends the run, and what was recorded before it still counts.
expected<void, Failure> run_parts(const std::vector<ReadyPart>& parts, const Plan& plan, run::Writer& writer, Desk& desk) {
  int step_id = 1;
  for (const auto& ready : parts) {
    if (desk.interrupted()) return {};
    desk.say(what_is_served(ready.part));
    auto result = run_part(ready, plan, writer, step_id, [&desk](const std::string& line) { desk.say(line); }, [&desk] { desk.poll(); }, desk.token());
    desk.poll();
    if (!result) return unexpected(result.error());
    if (result->load.interrupted) writer.set_meta("interrupted", "yes");
    if (load::never_connected(result->load.total) && !result->load.interrupted) {
      return unexpected(Failure{ExitCode::refused, "no connection could be made: " + result->load.total.errors.begin()->first, result->load.url,
                                "check that the server runs, at this host and port"});
    }
    step_id += static_cast<int>(result->load.steps.size());
    if (!result->enforcement.empty() && result->enforcement != "none") writer.set_meta("limits", result->enforcement);
  }
  return {};
}

expected<void, Failure> write(const std::string& path, const std::string& text) {
  const auto written = io::write_file_atomically(path, std::as_bytes(std::span(text)));
  if (!written) return unexpected(io::to_failure(written.error()));
  return {};
}

expected<void, Failure> report(const std::string& folder) {
  const auto run = run::read(folder + "/run.db");
  if (!run) return unexpected(Failure{ExitCode::refused, run.error().message, folder + "/run.db", ""});
  const auto result = analyze::analyze(*run);
  HEADROOM_TRY_VOID(write(folder + "/report.html", analyze::to_html(result, *run)));
  HEADROOM_TRY_VOID(write(folder + "/report.md", analyze::to_markdown(result, *run)));
  HEADROOM_TRY_VOID(write(folder + "/report.json", analyze::to_json(result, *run) + "\n"));
  HEADROOM_TRY_VOID(write(folder + "/steps.csv", analyze::steps_csv(result)));
  std::printf("\n%s\nreport: %s/report.html   (report.md, report.json, steps.csv and run.db beside it)\n",
              analyze::to_text(result, io::wants_colour(1)).c_str(), folder.c_str());
  return {};
}

std::string without_slash(std::string folder) {
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  return folder;
}

expected<std::vector<ReadyPart>, Failure> prepare_all(const Plan& plan) {
  std::vector<ReadyPart> parts;
  for (const auto& part : plan.parts) {
    HEADROOM_TRY(ready, prepare(part));
    parts.push_back(std::move(ready));
  }
  return parts;
}

expected<bool, Failure> run(const ExperimentOptions& options) {
  HEADROOM_TRY(plan, read_file(options.file));
  HEADROOM_TRY(parts, prepare_all(plan));
  const std::string folder = without_slash(options.out.empty() ? plan.report : options.out);
  if (const auto made = io::make_folders(folder); !made) return unexpected(io::to_failure(made.error()));
  Desk desk;  // before any thread
  auto writer = run::Writer::create(folder + "/run.db", meta_of(options, plan));
  if (!writer) return unexpected(Failure{ExitCode::refused, writer.error().message, folder + "/run.db", "move it away, or choose another folder with --out"});
  const auto ran = run_parts(parts, plan, **writer, desk);
  const auto closed = (*writer)->close();
  if (!closed) return unexpected(Failure{ExitCode::refused, closed.error().message, folder + "/run.db", ""});
  if (!ran) return unexpected(ran.error());
  HEADROOM_TRY_VOID(report(folder));
  return desk.interrupted();
}
}  // namespace

ExitCode run_experiment(const ExperimentOptions& options, const std::function<int(const Failure&)>& print) {
  const auto done = run(options);
  if (!done) return static_cast<ExitCode>(print(done.error()));
  return *done ? ExitCode::interrupted : ExitCode::done;
}
}  // namespace headroom::experiment
