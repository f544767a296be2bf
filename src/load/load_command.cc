#include "load/load_command.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>

#include "base/check.h"
#include "io/clock.h"
#include "io/event_loop.h"
#include "io/file.h"
#include "io/signal.h"
#include "io/thread.h"
#include "load/csv_files.h"
#include "load/report.h"
#include "load/run_load.h"
#include "load/target.h"

namespace headroom::load {
namespace {
constexpr Duration kTableEvery = std::chrono::seconds(2);  // as Locust

Failure wrong(std::string what, std::string where, std::string remedy) {
  return {ExitCode::wrong_use, std::move(what), std::move(where), std::move(remedy)};
}

expected<std::string, Failure> text_of(const std::string& path) {
  const auto file = io::read_file(path, Bytes{1U << 20U});
  if (!file) return unexpected(io::to_failure(file.error()));
  const auto bytes = file->bytes();
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

expected<workload::Scenario, Failure> scenario_of_file(const std::string& path) {
  HEADROOM_TRY(text, text_of(path));
  auto scenario = workload::read_scenario(text);
  if (scenario) return std::move(*scenario);
  const auto& error = scenario.error();
  std::string where = path;
  if (error.line > 0) where += ":" + std::to_string(error.line) + ":" + std::to_string(error.column);
  return unexpected(wrong(error.message, where, "docs/formats/scenario.md explains every key"));
}

expected<RequestFlags, Failure> request_flags(const LoadCommand& command) {
  RequestFlags flags{command.method, std::nullopt, command.content_type, {}, command.data};
  for (const auto& header : command.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos || colon == 0) return unexpected(wrong("a header is NAME:VALUE", "--header '" + header + "'", "--header 'X-Api-Key: abc'"));
    const auto value = header.find_first_not_of(' ', colon + 1);
    flags.headers.push_back({header.substr(0, colon), value == std::string::npos ? "" : header.substr(value)});
    if (header.find_first_of("\r\n") != std::string::npos) return unexpected(wrong("a header is one line", "--header", "remove the line break"));
  }
  if (command.body.starts_with('@')) {
    HEADROOM_TRY(text, text_of(command.body.substr(1)));
    flags.body = text;
  } else if (!command.body.empty()) {
    flags.body = command.body;
  }
  return flags;
}

/// What to load where there is no scenario.
const std::string& target_of(const LoadCommand& command) { return command.url.empty() ? command.host : command.url; }

expected<workload::Scenario, Failure> scenario_of(const LoadCommand& command) {
  if (!command.scenario.empty()) return scenario_of_file(command.scenario);
  const std::string& text = target_of(command);
  if (text.empty()) return unexpected(wrong("nothing says what to load", "", "headroom load http://localhost:8000/predict -u 150 -r 10 -t 2m, or -f FILE.yml"));
  const auto url = parse_url(text);
  if (!url) return unexpected(wrong(url.error().message, "", "see headroom load --help"));
  HEADROOM_TRY(flags, request_flags(command));
  std::optional<TargetModel> target;
  if (!flags.body && flags.method.empty() && flags.data.empty()) target = read_openapi(fetch_openapi(*url));
  return scenario_for(*url, flags, target);
}

/// --run-time over the scenario's own shape: what would come later never begins.
void end_stages_after(Duration run_time, std::vector<workload::Stage>& stages) {
  Duration begins{};
  for (auto stage = stages.begin(); stage != stages.end(); ++stage) {
    if (begins + stage->duration >= run_time) {
      stage->duration = run_time - begins;
      stages.erase(stage + 1, stages.end());
      return;
    }
    begins += stage->duration;
  }
}

expected<Options, Failure> options_of(const LoadCommand& command) {
  HEADROOM_TRY(scenario, scenario_of(command));
  Options options;
  options.scenario = scenario;
  if (!command.host.empty()) options.url = command.host;
  if (!command.scenario.empty() && !command.url.empty()) {
    const auto url = parse_url(command.url);
    if (!url) return unexpected(wrong(url.error().message, "", "see headroom load --help"));
    if (url->path.size() > 1) return unexpected(wrong("the scenario's tasks say the paths, and the URL says one too", command.url, "give " + url->origin() + ", or leave -f out"));
    options.url = command.url;
  }
  if (command.max_rate) {
    for (auto& user : options.scenario.users) user.wait = {};
  }
  options.spawn_rate = command.spawn_rate;
  options.threads = command.threads;
  options.connections = command.connections > 0 ? command.connections : std::max(1000, command.threads);
  options.timeout = command.timeout;
  options.stop_timeout = command.stop_timeout;
  if (command.slow > Duration::zero()) options.slow = command.slow;
  options.seed = command.seed;
  options.arrivals = command.arrivals == "uniform" ? Arrivals::uniform : Arrivals::poisson;
  auto slo = stats::parse_slo(command.slo);
  if (!slo) return unexpected(wrong(slo.error().message, "--slo", "--slo \"p95<200ms, errors<0.1%\""));
  options.slo = std::move(*slo);
  int users = command.users.value_or(0);
  if (command.max_rate && users == 0) users = command.connections > 0 ? command.connections : 64;
  if (command.max_rate && !command.users) options.spawn_rate = users;
  if (command.rate.per_second > 0 && (command.users || command.max_rate)) {
    return unexpected(wrong("--rate is an open loop, --users and --max-rate are closed ones", "", "give one of them"));
  }
  if (command.rate.per_second > 0) {
    options.steps = {{0, command.rate.per_second, command.run_time, 0, ""}};
  } else if (users > 0 || options.scenario.stages.empty()) {
    options.steps = {{std::max(users, 1), 0, command.run_time, 0, ""}};
  } else if (command.run_time > Duration::zero()) {
    end_stages_after(command.run_time, options.scenario.stages);
  }
  return options;
}

/// Waits for signals on a thread of its own: the first asks for the end, the second is the end.
class Interrupter {
 public:
  Interrupter() : signals_({io::Signal::interrupt, io::Signal::terminate}) {
    CHECK(loop_.watch(signals_.fd(), EPOLLIN, this));
    thread_ = io::Thread("load-signals", [this] { watch(); });
  }
  ~Interrupter() {
    over_ = true;
    loop_.wake();
    thread_.join();
  }
  [[nodiscard]] std::stop_token token() { return stop_.get_token(); }

 private:
  void watch() {
    while (!over_) {
      static_cast<void>(loop_.wait(std::nullopt));
      while (signals_.next()) {
        if (stop_.stop_requested()) std::_Exit(static_cast<int>(ExitCode::interrupted));
        stop_.request_stop();
        std::fputs("headroom: ending; once more ends it at once\n", stderr);
      }
    }
  }
  io::SignalQueue signals_;
  io::EventLoop loop_;
  std::stop_source stop_;
  std::atomic<bool> over_{false};
  io::Thread thread_;
};

std::string hex(const telemetry::TraceId& id) {
  std::string out;
  for (const auto byte : id.bytes) {
    out += "0123456789abcdef"[byte >> 4U];
    out += "0123456789abcdef"[byte & 15U];
  }
  return out;
}

void log_slow(const run::SlowRequest& slow) {
  std::fprintf(stderr, "slow: %s %s status %d trace %s%s%.500s\n", to_text(Duration(slow.latency_ns)).c_str(), slow.name.c_str(),
               static_cast<int>(slow.status), hex(slow.trace_id).c_str(), slow.request_body.empty() ? "" : " input ", slow.request_body.c_str());
}

expected<void, Failure> write(const std::string& path, const std::string& text) {
  const auto done = io::write_file_atomically(path, std::as_bytes(std::span(text)));
  if (!done) return unexpected(io::to_failure(done.error()));
  return {};
}

/// What cannot be written to --output goes to stdout: a run of hours is not lost for a full disk.
expected<void, Failure> write_results(const LoadCommand& command, const Result& result) {
  const std::string text = command.json ? to_json(result) : final_report(result);
  expected<void, Failure> written;
  if (!command.output.empty() && (written = write(command.output, text))) return {};
  std::fputs(text.c_str(), stdout);
  if (std::fflush(stdout) != 0 && written) {
    written = unexpected(Failure{ExitCode::refused, "the results cannot be written", "standard output", "make room, or name a file with --output"});
  }
  return written;
}

/// Why the run ends with 1; "" = it does not for a reason of its own.
std::string shortfall(const Result& result) {
  if (result.total.requests == 0) return "no request was made";
  if (result.slo_unjudged) return "the SLO could not be judged: no step had a steady part";
  if (!result.slo_met) return "the SLO was missed";
  return result.generator.limited ? "the generator was limited: " + result.generator.reasons.front() : "";
}

int exit_code(const LoadCommand& command, const Result& result) {
  if (result.interrupted) return static_cast<int>(ExitCode::interrupted);
  if (const auto why = shortfall(result); !why.empty()) {
    if (command.json || !command.output.empty()) std::fprintf(stderr, "headroom: %s\n", why.c_str());  // the report, elsewhere, says it too
    return static_cast<int>(ExitCode::fell_short);
  }
  return result.total.failures > 0 ? command.exit_code_on_error : static_cast<int>(ExitCode::done);
}

/// What would only be found out at the end of the run is tried before it.
expected<void, Failure> try_outputs(const LoadCommand& command) {
  if (command.output.empty()) return {};
  if (io::is_same_file(command.output, command.record)) return unexpected(wrong("--output and --record name one file", command.output, "name two"));
  if (const auto can = io::try_to_write(command.output); !can) return unexpected(io::to_failure(can.error()));
  return {};
}
}  // namespace

int run_load_command(const LoadCommand& command, const std::function<int(const Failure&)>& print) {
  auto options = options_of(command);
  if (!options) return print(options.error());
  if (command.print_scenario) {
    if (!options->url.empty()) options->scenario.host = options->url;
    const auto text = workload::print_scenario(options->scenario);
    if (command.output.empty()) std::fputs(text.c_str(), stdout);
    else if (const auto written = io::write_file_atomically(command.output, std::as_bytes(std::span(text))); !written) return print(io::to_failure(written.error()));
    return 0;
  }
  options->on_slow = log_slow;
  Interrupter interrupter;  // before any other thread: it blocks the signals
  if (const auto can = try_outputs(command); !can) return print(can.error());
  std::optional<CsvFiles> csv;
  if (!command.csv.empty()) {
    auto created = CsvFiles::create(command.csv, io::wall_now());
    if (!created) return print(created.error());
    csv = std::move(*created);
  }
  std::unique_ptr<run::Writer> writer;
  if (!command.record.empty()) {
    auto created = run::Writer::create(command.record, {{"tool", "headroom " + command.version}, {"command", "load"}, {"slo", command.slo}, {"seed", std::to_string(command.seed)}});
    if (!created) return print({ExitCode::refused, created.error().message, command.record, "choose another --record file"});
    writer = std::move(*created);
  }
  Duration shown{};
  auto result = run_load(*options, writer.get(), [&](const Progress& progress) {
    if (csv) csv->add(progress);
    if (progress.elapsed - shown < kTableEvery) return;
    shown = progress.elapsed;
    std::fprintf(stderr, "%s%d users, %d connections, %s\n\n", request_table(progress.by_name, progress.total, progress.elapsed).c_str(),
                 progress.users, progress.connections, to_text(progress.elapsed).c_str());
  }, interrupter.token());
  if (!result) return print(result.error());
  if (command.scenario.empty()) result->url = target_of(command);   // with the path, which a scenario's tasks have each for themselves
  // Whatever cannot be written, the rest is.
  std::optional<Failure> trouble;
  if (csv) {
    if (auto ended = csv->finish(*result); !ended) trouble = ended.error();
  }
  if (writer) {
    if (result->interrupted) writer->set_meta("interrupted", "yes");
    if (const auto closed = writer->close(); !closed) trouble = Failure{ExitCode::refused, closed.error().message, command.record, "make room and run again"};
  }
  if (auto written = write_results(command, *result); !written) trouble = written.error();
  if (trouble) return print(*trouble);
  if (never_connected(result->total) && !result->interrupted) {
    return print({ExitCode::refused, "no connection could be made: " + result->total.errors.begin()->first, result->url, "check that the server runs, at this host and port"});
  }
  return exit_code(command, *result);
}
}  // namespace headroom::load
