#include "load/load_command.h"

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

expected<workload::Scenario, Failure> scenario_of(const LoadCommand& command) {
  if (!command.scenario.empty()) return scenario_of_file(command.scenario);
  const std::string& text = command.url.empty() ? command.host : command.url;
  if (text.empty()) return unexpected(wrong("nothing says what to load", "", "headroom load http://localhost:8000/predict -u 150 -r 10 -t 2m, or -f FILE.yml"));
  const auto url = parse_url(text);
  if (!url) return unexpected(wrong(url.error().message, "", "see headroom load --help"));
  HEADROOM_TRY(flags, request_flags(command));
  std::optional<TargetModel> target;
  if (!flags.body && flags.method.empty() && flags.data.empty()) target = read_openapi(fetch_openapi(*url));
  return scenario_for(*url, flags, target);
}

expected<Options, Failure> options_of(const LoadCommand& command) {
  HEADROOM_TRY(scenario, scenario_of(command));
  Options options;
  options.scenario = scenario;
  if (!command.host.empty()) options.url = command.host;
  if (!command.scenario.empty() && !command.url.empty()) options.url = command.url;
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
  std::fprintf(stderr, "slow: %s %s status %d trace %s input %.500s\n", to_text(Duration(slow.latency_ns)).c_str(), slow.name.c_str(),
               static_cast<int>(slow.status), hex(slow.trace_id).c_str(), slow.request_body.c_str());
}

/// Locust's history file: a line a second, rates over the last ten seconds that are complete.
class History {
 public:
  void add(const Progress& progress, WallTime now) {
    counts_.push_back({progress.last_second.requests, progress.last_second.failures});
    if (counts_.size() > 10) counts_.erase(counts_.begin());
    double requests = 0;
    double failures = 0;
    for (const auto& [r, f] : counts_) {
      requests += static_cast<double>(r);
      failures += static_cast<double>(f);
    }
    const auto seconds_counted = static_cast<double>(counts_.size());
    rows_ += history_csv_row(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count(), progress.users,
                             {requests / seconds_counted, failures / seconds_counted}, progress.total);
  }
  [[nodiscard]] std::string text() const { return history_csv_header() + rows_; }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> counts_;
  std::string rows_;
};

expected<void, Failure> write(const std::string& path, const std::string& text) {
  const auto done = io::write_file_atomically(path, std::as_bytes(std::span(text)));
  if (!done) return unexpected(io::to_failure(done.error()));
  return {};
}

expected<void, Failure> write_results(const LoadCommand& command, const Result& result, const History& history) {
  if (!command.csv.empty()) {
    HEADROOM_TRY_VOID(write(command.csv + "_stats.csv", stats_csv(result)));
    HEADROOM_TRY_VOID(write(command.csv + "_stats_history.csv", history.text()));
    HEADROOM_TRY_VOID(write(command.csv + "_failures.csv", failures_csv(result)));
    HEADROOM_TRY_VOID(write(command.csv + "_exceptions.csv", exceptions_csv()));
  }
  const std::string text = command.json ? to_json(result) : final_report(result);
  if (!command.output.empty()) return write(command.output, text);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return {};
}

ExitCode exit_code(const Result& result) {
  if (result.interrupted) return ExitCode::interrupted;
  const bool short_of = result.total.failures > 0 || result.total.requests == 0 || !result.slo_met || result.generator.limited;
  return short_of ? ExitCode::fell_short : ExitCode::done;
}
}  // namespace

ExitCode run_load_command(const LoadCommand& command, const std::function<int(const Failure&)>& print) {
  const auto fail = [&](const Failure& failure) { return static_cast<ExitCode>(print(failure)); };
  auto options = options_of(command);
  if (!options) return fail(options.error());
  if (command.print_scenario) {
    std::fputs(workload::print_scenario(options->scenario).c_str(), stdout);
    return ExitCode::done;
  }
  options->on_slow = log_slow;
  Interrupter interrupter;  // before any other thread: it blocks the signals
  std::unique_ptr<run::Writer> writer;
  if (!command.record.empty()) {
    auto created = run::Writer::create(command.record, {{"tool_version", command.version}, {"slo", command.slo}, {"seed", std::to_string(command.seed)}});
    if (!created) return fail({ExitCode::refused, created.error().message, command.record, "choose another --record file"});
    writer = std::move(*created);
  }
  History history;
  Duration shown{};
  const auto result = run_load(*options, writer.get(), [&](const Progress& progress) {
    if (!command.csv.empty()) history.add(progress, io::wall_now());
    if (progress.elapsed - shown < kTableEvery) return;
    shown = progress.elapsed;
    std::fprintf(stderr, "%s%d users, %d connections, %s\n\n", request_table(progress.by_name, progress.total, progress.elapsed).c_str(),
                 progress.users, progress.connections, to_text(progress.elapsed).c_str());
  }, interrupter.token());
  if (!result) return fail(result.error());
  if (writer) {
    if (const auto closed = writer->close(); !closed) return fail({ExitCode::refused, closed.error().message, command.record, "make room and run again"});
  }
  if (const auto written = write_results(command, *result, history); !written) return fail(written.error());
  return exit_code(*result);
}
}  // namespace headroom::load
