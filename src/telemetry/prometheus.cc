#include "telemetry/prometheus.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace headroom::telemetry {
namespace {
/// Shortest text that gives the same number.
void append_number(std::string& out, double value) {
  std::array<char, 32> text;
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

/// `key="value"`, escaped as both formats ask.
std::string label(std::string_view key, std::string_view value) {
  std::string out = std::string(key) + "=\"";
  for (const char c : value) {
    if (c == '\n') out += "\\n";
    else if (c == '"' || c == '\\') (out += '\\') += c;
    else out += c;
  }
  return out + '"';
}

/// Lines of the text formats. A counter's family has no _total in OpenMetrics, and has it in Prometheus' own format.
class Page {
 public:
  explicit Page(MetricsFormat format) : open_(format == MetricsFormat::open_metrics) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    const std::string shown = name_ + (type == "counter" && !open_ ? "_total" : "");
    out_ += "# HELP " + shown + " " + std::string(help) + "\n# TYPE " + shown + " " + std::string(type) + "\n";
  }
  void sample(std::string_view suffix, const std::string& labels, double value) {
    out_ += name_;
    out_ += suffix;
    if (!labels.empty()) out_ += "{" + labels + "}";
    out_ += ' ';
    append_number(out_, value);
    out_ += '\n';
  }
  void gauge(std::string_view name, std::string_view help, double value) {
    family(name, "gauge", help);
    sample("", "", value);
  }
  void counter(std::string_view name, std::string_view help, double value) {
    family(name, "counter", help);
    sample("_total", "", value);
  }
  void histogram(const std::string& labels, const BucketCounts& counts) {
    const std::string comma = labels.empty() ? "" : labels + ",";
    std::uint64_t at_most = 0;
    for (std::size_t i = 0; i < kBucketBounds.size(); ++i) {
      at_most += counts.counts[i];
      sample("_bucket", comma + label("le", bound(i)), static_cast<double>(at_most));
    }
    sample("_bucket", comma + "le=\"+Inf\"", static_cast<double>(counts.n));
    sample("_sum", labels, counts.sum_seconds);
    sample("_count", labels, static_cast<double>(counts.n));
  }
  std::string finish() {
    if (open_) out_ += "# EOF\n";
    return std::move(out_);
  }

 private:
  std::string bound(std::size_t i) const {
    std::string text;
    append_number(text, static_cast<double>(kBucketBounds[i]) / 1e9);
    if (open_ && text.find_first_of(".e") == std::string::npos) text += ".0";  // OpenMetrics' canonical numbers
    return text;
  }
  bool open_;
  std::string name_;
  std::string out_;
};

template <class Each>
void each_answered(const RequestMetrics& requests, Each each) {
  for (std::size_t r = 0; r < kRoutes; ++r) {
    const auto route = static_cast<Route>(r);
    for (const auto& [key, counts] : requests.of(route).answered) {
      std::string labels = label("http_request_method", name(key.method)) + "," +
                           label("http_response_status_code", std::to_string(key.status)) + "," +
                           label("http_route", std::string(path_of(route))) + "," + label("url_scheme", "http");
      each(labels, counts);
    }
  }
}

void write_requests(Page& page, const MetricsPage& facts) {
  page.family("http_server_request_duration_seconds", "histogram", "Duration of HTTP requests, first byte read to last byte written.");
  each_answered(facts.requests, [&](const std::string& labels, const BucketCounts& counts) { page.histogram(labels, counts); });
  page.family("headroom_requests", "counter", "Requests answered.");
  each_answered(facts.requests, [&](const std::string& labels, const BucketCounts& counts) {
    page.sample("_total", labels, static_cast<double>(counts.n));
  });
  page.family("headroom_stage_duration_seconds", "histogram", "Time a predict request spent in each stage.");
  for (std::size_t s = 0; s < kStages; ++s) {
    BucketCounts counts = facts.requests.of(Route::predict).stages[s];
    counts.merge(facts.requests.of(Route::infer).stages[s]);
    page.histogram(label("stage", kStageNames[s]), counts);
  }
  page.counter("headroom_rows", "Rows that were predicted.", static_cast<double>(facts.requests.of(Route::predict).rows + facts.requests.of(Route::infer).rows));
  page.gauge("headroom_connections", "Open client connections.", static_cast<double>(facts.connections));
}

void write_models(Page& page, const MetricsPage& facts) {
  page.gauge("headroom_healthy", "1 if /health answers 200.", facts.healthy ? 1 : 0);
  page.family("headroom_build_info", "gauge", "The version in its label.");
  page.sample("", label("version", facts.version), 1);
  page.family("headroom_model_info", "gauge", "A loaded model.");
  for (const auto& model : facts.models) {
    page.sample("",
                label("name", model.name) + "," + label("version", model.version) + "," + label("library", model.library) + "," +
                    label("estimator", model.estimator),
                1);
  }
}

void write_process(Page& page, const ProcessFacts& process) {
  const auto known = [](auto value) { return value >= 0; };
  if (known(process.cpu_seconds)) page.counter("process_cpu_seconds", "CPU time, user and system.", process.cpu_seconds);
  const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
    if (known(value)) page.gauge(name, help, static_cast<double>(value));
  };
  gauge("process_start_time_seconds", "Start, in seconds since 1970.", process.start_time_seconds);
  gauge("process_resident_memory_bytes", "Resident memory.", process.resident_bytes);
  gauge("process_virtual_memory_bytes", "Virtual memory.", process.virtual_bytes);
  gauge("process_open_fds", "Open file descriptors.", process.open_fds);
  gauge("process_max_fds", "Most file descriptors it may open.", process.max_fds);
  gauge("process_threads", "Threads.", process.threads);
}

void write_self(Page& page, const SelfTelemetry& self) {
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    page.counter(name, help, static_cast<double>(value));
  };
  counter("headroom_telemetry_records_dropped", "Requests that telemetry missed: their ring was full.", self.records_dropped);
  page.family("otel_sdk_processor_span_processed", "counter", "Spans that left the export queue or were dropped before it.");
  page.sample("_total", "", static_cast<double>(self.spans_exported + self.spans_rejected));
  page.sample("_total", label("error_type", "queue_full"), static_cast<double>(self.spans_dropped));
  page.family("otel_sdk_exporter_span_exported", "counter", "Spans that the collector took, or refused.");
  page.sample("_total", "", static_cast<double>(self.spans_exported));
  page.sample("_total", label("error_type", "rejected"), static_cast<double>(self.spans_rejected));
  counter("headroom_export_failures", "Exports that were given up.", self.export_failures);
  counter("headroom_trace_file_spans", "Spans written to the trace file.", self.spans_written);
  counter("headroom_trace_file_errors", "Writes to the trace file that failed.", self.trace_file_errors);
}
}  // namespace

void BucketCounts::add(std::int64_t nanoseconds) {
  const auto* bound = std::lower_bound(kBucketBounds.begin(), kBucketBounds.end(), nanoseconds);
  ++counts[static_cast<std::size_t>(bound - kBucketBounds.begin())];
  ++n;
  sum_seconds += static_cast<double>(nanoseconds) / 1e9;
}

void BucketCounts::merge(const BucketCounts& other) {
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  n += other.n;
  sum_seconds += other.sum_seconds;
}

void RequestMetrics::add(const RequestRecord& record) {
  OfRoute& route = routes_[static_cast<std::size_t>(record.route)];
  Answered key{record.method, record.status};
  if (route.answered.size() >= kStatuses && !route.answered.contains(key)) key.status = 0;
  const auto accept = record.stage_ns[static_cast<std::size_t>(Stage::accept)];
  route.answered[key].add(record.total_ns - accept);
  for (std::size_t s = 0; s < kStages; ++s) route.stages[s].add(record.stage_ns[s]);
  route.rows += record.rows;
  if (record.status == 200) route.last_ns = std::max(route.last_ns, record.start_ns);
}

MetricsFormat choose_format(std::string_view accept) {
  return accept.find("application/openmetrics-text") == std::string_view::npos ? MetricsFormat::prometheus : MetricsFormat::open_metrics;
}

std::string_view content_type(MetricsFormat format) {
  return format == MetricsFormat::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                               : "text/plain; version=0.0.4; charset=utf-8";
}

std::string metrics_text(const MetricsPage& facts, MetricsFormat format) {
  Page page(format);
  write_requests(page, facts);
  write_models(page, facts);
  write_process(page, facts.process);
  write_self(page, facts.self);
  return page.finish();
}
}  // namespace headroom::telemetry
