#include "load/load_command.h"

#include <memory>

#include "cli/commands.h"
#include "generated/version.h"

namespace headroom::cli {
Action add_load(CLI::App& command) {
  auto options = std::make_shared<load::LoadCommand>();
  options->version = kVersion;
  auto& o = *options;
  command.add_option("URL", o.url, "What to load; a classifier is recognised by its /openapi.json");
  command.add_option("-H,--host", o.host, "Replaces the scenario's host")->type_name("URL")->group("What");
  command.add_option("-f,--scenario", o.scenario, "User classes, waits, tasks and shape (docs/formats/scenario.md)")->type_name("FILE.yml")->group("What");
  command.add_option("--method", o.method, "Instead of GET, or POST with a body")->check(CLI::IsMember({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}))->group("What");
  command.add_option("--body", o.body, "Text, or @FILE; may hold {{row}}")->type_name("TEXT")->group("What");
  command.add_option("--content-type", o.content_type, "Of the body")->capture_default_str()->group("What");
  command.add_option("--header", o.headers, "NAME:VALUE; repeats")->type_name("HEADER")->allow_extra_args(false)->group("What");
  command.add_option("--data", o.data, "Rows for {{row}}: iris")->check(CLI::IsMember({"iris"}))->group("What");
  command.add_flag("--print-scenario", o.print_scenario, "Show what was understood as YAML, and end")->group("What");
  command.add_option("-u,--users", o.users, "Peak number of users (closed loop)")->check(CLI::Range(1, 1'000'000))->group("How much");
  command.add_option("-r,--spawn-rate", o.spawn_rate, "Users started a second")->check(number_between(0.001, 1e6))->capture_default_str()->group("How much");
  add_duration(command, "-t,--run-time", o.run_time, "Then it ends; 0 = at Ctrl-C, or when the shape ends")->group("How much");
  add_rate(command, "--rate", o.rate, "Arrivals a second, whatever the server does (open loop)")->group("How much");
  command.add_option("--arrivals", o.arrivals, "Gaps of the open loop")->check(CLI::IsMember({"poisson", "uniform"}))->capture_default_str()->group("How much");
  command.add_flag("--max-rate", o.max_rate, "Users do not wait: as fast as the server answers")->group("How much");
  command.add_option("-c,--connections", o.connections, "Open loop: at most (1000); with --max-rate: how many (64)")->check(CLI::Range(1, 1'000'000))->group("How much");
  command.add_option("--threads", o.threads, "Sending threads")->check(CLI::Range(1, 256))->capture_default_str()->group("How much");
  add_duration(command, "--timeout", o.timeout, "Of one request, its connection included")->group("Limits");
  add_duration(command, "-s,--stop-timeout", o.stop_timeout, "At the end, what requests in flight may still take")->group("Limits");
  command.add_option("--slo", o.slo, "Exit 1 unless every step meets it")->check(some_text())->type_name("\"p95<200ms, errors<0.1%\"")->group("Results");
  add_duration(command, "--slow", o.slow, "Log slower requests with their input and trace id")->group("Results");
  command.add_option("--seed", o.seed, "Of waits, rows, choices and arrivals")->capture_default_str()->group("How much");
  command.add_option("--record", o.record, "Write a run file for headroom analyze")->type_name("RUN.db")->group("Results");
  command.add_option("--exit-code-on-error", o.exit_code_on_error, "When requests failed and nothing else did; 0: failures are fine, the SLO judges")->check(CLI::Range(0, 255))->capture_default_str()->group("Results");
  command.add_option("--csv", o.csv, "Write Locust's CSV files with this prefix, while it runs")->type_name("PREFIX")->group("Results");
  command.add_flag("--json", o.json, "One JSON document instead of tables")->group("Results");
  command.add_option("-o,--output", o.output, "Results to a file")->type_name("FILE")->group("Results");
  command.add_flag("--headless", o.headless, "Accepted as in Locust: there is no page to leave out")->group("Results");
  command.footer("Examples:\n"
                 "  headroom load http://localhost:8000/predict -u 150 -r 10 -t 2m\n"
                 "  headroom load -f examples/iris/iris.yml -H http://localhost:8000 --slo \"p95<200ms, errors<0.1%\"\n"
                 "  headroom load http://localhost:8000/predict --rate 1000/s -t 30s --record run.db");
  return [options] { return load::run_load_command(*options, print); };
}
}  // namespace headroom::cli
