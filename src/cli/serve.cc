#include "serve/server.h"

#include <memory>
#include <utility>

#include "cli/commands.h"
#include "io/environment.h"

namespace headroom::cli {
namespace {
using serve::Options;

struct Flags {
  Options options;
  std::string trace_inputs;
  std::string log_format = "text";
  double trace_sample = -1;
};

void add_model_flags(CLI::App& command, Flags& flags) {
  auto& options = flags.options;
  command.add_option("MODEL", options.model, "Model file of scikit-learn, XGBoost, LightGBM, skops or ONNX; told by content, not by name")->required();
  command.add_option("--name", options.name, "Name of the model (default: from the file's name, or its folder's for model.joblib)")->group("Model");
  command.add_option("--features", options.features, "Names of the features, for a model that stores none")->delimiter(',')->group("Model");
  command.add_option("--classes", options.classes, "Names of the classes, in the order of classes_")->delimiter(',')->group("Model");
  command.add_option("--select", options.select, "Key or index of the model inside a dict, tuple or list")->group("Model");
}

void add_server_flags(CLI::App& command, Flags& flags) {
  auto& options = flags.options;
  command.add_option("--host", options.host, "Address to listen on")->capture_default_str()->group("Server");
  command.add_option("--port", options.port, "Port to listen on; 0 = any free one")->check(CLI::Range(0, 65535))->capture_default_str()->group("Server");
  command.add_option("--threads", options.threads, "Threads that answer (default: the CPUs that the cgroup grants)")->check(CLI::Range(1, 256))->group("Server");
  command.add_option("--cors-origin", options.cors_origin, "Origin that browsers may call from, or *")
      ->check([](const std::string& text) {
        const auto scheme = text.find("://");
        const bool is_origin = scheme != std::string::npos && text.find_first_of("/?# \t\r\n", scheme + 3) == std::string::npos;
        return text == "*" || is_origin ? std::string() : "'" + text + "' is neither * nor an origin such as https://example.org";
      })
      ->group("Server");
  add_duration(command, "--drain", options.drain, "After SIGTERM: how long /health says draining before connections end; 0 = not at all")->group("Server");
  add_bytes(command, "--max-body", options.max_body, "Largest request body")
      ->check([](const std::string& text) { return parse_bytes(text).value_or(Bytes{1}).count > 0 ? std::string() : "'" + text + "' would refuse every request"; })
      ->group("Limits");
  command.add_option("--max-rows", options.max_rows, "Most rows in one request")->capture_default_str()->check(CLI::Range(1, 10'000'000))->group("Limits");
  command.add_option("--max-connections", options.max_connections, "Most open connections; more are answered 503")->capture_default_str()->check(CLI::Range(1, 1'000'000))->group("Limits");
  command.add_option("--queue-limit", options.queue_limit, "Requests that may wait for a thread before /predict answers 503; 0 = no limit")->capture_default_str()->group("Limits");
  add_duration(command, "--timeout", options.timeout, "For a request to arrive, to wait, and for its answer to be taken")->group("Limits");
  add_duration(command, "--idle-timeout", options.idle_timeout, "For a connection between requests")->group("Limits");
  add_duration(command, "--max-connection-age", options.max_connection_age, "After this age the next answer closes the connection, so that clients meet new replicas; 0 = never")->group("Limits");
}

void add_telemetry_flags(CLI::App& command, Flags& flags) {
  auto& options = flags.options;
  command.add_option("--record", options.record, "Run file to record into (docs/formats/run.md)")->group("Telemetry");
  command.add_option("--otlp", options.otlp, "Collector to send spans to, http://host:4318 (default: OTEL_EXPORTER_OTLP_ENDPOINT)")->group("Telemetry");
  command.add_option("--trace-file", options.trace_file, "File to append spans to, as OTLP JSON Lines")->group("Telemetry");
  command.add_option("--trace-sample", flags.trace_sample, "Share of requests that become spans, 0 to 1 (default: OTEL_TRACES_SAMPLER, else all)")->check(number_between(0, 1))->group("Telemetry");
  command.add_option("--trace-inputs", flags.trace_inputs, "Input values in spans (default: on if only this machine can call, else off)")->check(CLI::IsMember({"on", "hash", "off"}))->group("Telemetry");
  command.add_option("--log-format", flags.log_format, "Of what is said on stderr")->capture_default_str()->check(CLI::IsMember({"text", "json"}))->group("Telemetry");
  command.add_flag("--access-log", options.access_log, "A line on stderr for each request that is sampled")->group("Telemetry");
  // For the parent of a replica; docs/serve.md does not show them to people.
  command.add_option("--handoff-fd", options.handoff_fd)->group("");
  command.add_option("--record-fd", options.record_fd)->group("");
  command.add_option("--replica", options.replica)->group("");
}

int run(Flags& flags) {
  auto& options = flags.options;
  if (flags.trace_sample >= 0) options.trace_sample = flags.trace_sample;
  if (flags.trace_inputs == "on") options.trace_inputs = telemetry::TraceInputs::on;
  if (flags.trace_inputs == "hash") options.trace_inputs = telemetry::TraceInputs::hash;
  if (flags.trace_inputs == "off") options.trace_inputs = telemetry::TraceInputs::off;
  if (flags.log_format == "json") options.log_format = serve::LogFormat::json;
  options.environment = io::environment("OTEL_");
  const auto code = serve::serve(options);
  return code ? static_cast<int>(*code) : print(code.error());
}
}  // namespace

Action add_serve(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  add_model_flags(command, *flags);
  add_server_flags(command, *flags);
  add_telemetry_flags(command, *flags);
  command.footer("Examples:\n  headroom serve examples/iris/model.joblib\n  headroom serve model.joblib --port 9000 --trace-file spans.jsonl\n"
                 "  curl --json '{\"features\":[5.1,3.5,1.4,0.2]}' localhost:8000/predict");
  return [flags] { return run(*flags); };
}
}  // namespace headroom::cli
