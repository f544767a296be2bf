#include "serve/observation.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "generated/version.h"
#include "http/traceparent.h"
#include "io/entropy.h"
#include "io/http_client.h"
#include "io/process_facts.h"
#include "io/telemetry_drain.h"
#include "run/writer.h"
#include "run/server_second.h"

namespace headroom::serve {
namespace {
telemetry::ModelNames names_of(const ServedModel& served) {
  telemetry::ModelNames names;
  names.name = served.name;
  names.estimator = served.info().estimator;
  names.features = served.features;
  for (const auto& label : served.info().classes) names.classes.push_back(model::to_text(label));
  return names;
}

std::string hex(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

// One line for each request, at once or not at all: a reader that stalls must not stall the drain for long.
void log_access(const telemetry::RequestRecord& record, LogFormat format) {
  std::array<char, 64> id{};
  const char* end = http::write_hex(id.data(), record.trace_id.bytes.data(), record.trace_id.bytes.size());
  const std::string trace(id.data(), static_cast<std::size_t>(end - id.data()));
  const std::string route(telemetry::name(record.route));
  const char* const pattern = format == LogFormat::json
                                  ? "{\"event\":\"request\",\"route\":\"%s\",\"method\":\"%s\",\"status\":%d,\"rows\":%u,\"ms\":%.3f,\"trace_id\":\"%s\"}\n"
                                  : "%s %s %d rows=%u %.3f ms trace=%s\n";
  std::fprintf(stderr, pattern, route.c_str(), std::string(telemetry::name(record.method)).c_str(), record.status, record.rows,
               static_cast<double>(record.total_ns) * 1e-6, trace.c_str());
}
}  // namespace

TracingPlan plan_tracing(const Options& options, bool local) {
  TracingPlan plan;
  plan.otel = telemetry::read_otel_config(options.environment);
  if (plan.otel.sampling) plan.sampling = *plan.otel.sampling;
  if (options.trace_sample) plan.sampling.probability = *options.trace_sample;
  plan.inputs = options.trace_inputs.value_or(local ? telemetry::TraceInputs::on : telemetry::TraceInputs::off);
  if (!plan.otel.disabled) plan.otlp_url = options.otlp.empty() ? plan.otel.traces_endpoint : telemetry::traces_url(options.otlp);
  if (!plan.otlp_url.empty()) plan.description = "spans to " + plan.otlp_url;
  if (!options.trace_file.empty()) plan.description += (plan.description.empty() ? "spans to " : " and ") + options.trace_file;
  if (plan.description.empty()) return plan;
  static constexpr std::array kInputs{", inputs by value", ", inputs hashed", ", without inputs"};
  plan.description += kInputs[static_cast<std::size_t>(plan.inputs)];
  return plan;
}

namespace {
/// Telemetry may be lost, but not in silence.
void say_what_was_lost(const telemetry::SelfTelemetry& self) {
  const auto say = [](std::uint64_t count, const char* what) {
    if (count > 0) std::fprintf(stderr, "headroom: %llu %s\n", static_cast<unsigned long long>(count), what);
  };
  say(self.spans_dropped + self.spans_rejected, "spans did not reach the OTLP collector");
  say(self.trace_file_errors, "writes to the trace file failed");
  say(self.records_dropped, "requests were served but not recorded");
}
}  // namespace

struct Observation::Impl {
  std::unique_ptr<run::Writer> writer;
  std::unique_ptr<io::TelemetryDrain> drain;
  telemetry::ModelFacts model;
  bool stopped = false;
};

Observation::Observation(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Observation::~Observation() { stop(); }

expected<std::unique_ptr<Observation>, Failure> Observation::start(const Options& options, const TracingPlan& plan, const Loaded& loaded,
                                                                   const ClockAnchor& anchor, std::vector<std::unique_ptr<RecordRing>>& rings) {
  auto impl = std::make_unique<Impl>();
  const auto& info = loaded.served.info();
  impl->model = {loaded.served.name, "1", info.library + " " + info.library_version, info.estimator};
  const std::uint64_t seed = io::random_seed();
  const std::string replica = options.replica.empty() ? "serve-" + hex(seed) : options.replica;
  if (!options.record.empty()) {
    auto writer = run::Writer::create(options.record, {{"tool", std::string("headroom ") + kVersion}, {"model", loaded.served.name}, {"server", replica}});
    if (!writer) return unexpected(Failure{ExitCode::refused, writer.error().message, options.record, "name another file with --record"});
    impl->writer = std::move(*writer);
  }
  io::TelemetryOptions drain;
  for (auto& ring : rings) drain.rings.push_back(ring.get());
  drain.sampling = plan.sampling;
  drain.catalog.models.push_back(names_of(loaded.served));
  drain.catalog.inputs = plan.inputs;
  drain.resource = telemetry::make_resource(plan.otel, kVersion, replica);
  drain.otlp_url = plan.otlp_url;
  drain.otlp_headers = plan.otel.headers;
  drain.otlp_timeout = plan.otel.timeout;
  drain.otlp_certificate = plan.otel.certificate;
  drain.batch = plan.otel.batch;
  drain.trace_file = options.trace_file;
  drain.record_fd = options.record_fd;
  drain.replica = replica;
  if (auto* writer = impl->writer.get()) {
    drain.on_second = [writer, replica](const telemetry::RouteSecond& second) { writer->add(run::server_second(replica, second)); };
  }
  if (impl->writer || options.access_log) {
    drain.on_record = [writer = impl->writer.get(), replica, log = options.access_log, format = options.log_format](const telemetry::RequestRecord& record) {
      if (writer != nullptr) writer->add(run::ServerRequest{replica, record});
      if (log) log_access(record, format);
    };
  }
  if (const auto url = plan.otlp_url.empty() ? io::HttpUrl() : io::parse_http_url(plan.otlp_url); !url) {
    return unexpected(Failure{ExitCode::wrong_use, "the OTLP endpoint " + url.error(), "--otlp, or OTEL_EXPORTER_OTLP_ENDPOINT", "write it as http://localhost:4318"});
  }
  auto started = io::TelemetryDrain::start(std::move(drain));
  if (!started) return unexpected(Failure{ExitCode::refused, started.error().message, "", "check --trace-file, --otlp and the OTEL_ variables"});
  impl->drain = std::move(*started);
  const auto wall = [&](Instant t) { return nanoseconds(anchor.to_wall(t).time_since_epoch()); };
  impl->drain->add(telemetry::model_loading_span(names_of(loaded.served), wall(loaded.begun), wall(loaded.ended), seed));
  return std::unique_ptr<Observation>(new Observation(std::move(impl)));
}

std::string Observation::metrics(std::string_view accept, std::size_t connections, bool healthy, std::string& content_type) const {
  const auto format = telemetry::choose_format(accept);
  content_type = telemetry::content_type(format);
  telemetry::MetricsPage page;
  page.requests = impl_->drain->requests();
  page.self = impl_->drain->self();
  page.process = io::process_facts();
  page.models = {impl_->model};
  page.connections = connections;
  page.healthy = healthy;
  page.version = kVersion;
  return telemetry::metrics_text(page, format);
}

InferCounts Observation::infer_counts() const {
  const auto requests = impl_->drain->requests();
  InferCounts counts;
  const auto ns = [](double seconds) { return static_cast<std::uint64_t>(seconds * 1e9); };
  for (const auto route : {telemetry::Route::predict, telemetry::Route::infer}) {
    const auto& of = requests.of(route);
    for (const auto& [key, answered] : of.answered) {
      const bool is_success = key.status == 200;
      (is_success ? counts.succeeded : counts.failed) += answered.n;
      (is_success ? counts.succeeded_ns : counts.failed_ns) += ns(answered.sum_seconds);
    }
    const auto stage = [&](telemetry::Stage which) { return ns(of.stages[static_cast<std::size_t>(which)].sum_seconds); };
    counts.rows += of.rows;
    counts.queue_ns += stage(telemetry::Stage::queue);
    counts.input_ns += stage(telemetry::Stage::parse) + stage(telemetry::Stage::decode);
    counts.infer_ns += stage(telemetry::Stage::predict);
    counts.output_ns += stage(telemetry::Stage::encode);
    counts.last_ms = std::max(counts.last_ms, static_cast<std::uint64_t>(of.last_ns) / 1'000'000);
  }
  return counts;
}

std::string Observation::stop() {
  if (!std::exchange(impl_->stopped, true)) {
    impl_->drain->stop();
    const auto self = impl_->drain->self();
    say_what_was_lost(self);
    if (impl_->writer && self.records_dropped > 0) impl_->writer->note_lost(self.records_dropped);
  }
  if (!impl_->writer) return "";
  const auto closed = impl_->writer->close();
  return closed ? "" : closed.error().message;
}
}  // namespace headroom::serve
