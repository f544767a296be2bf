#include "io/telemetry_drain.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "io/clock.h"
#include "io/otlp_exporter.h"
#include "io/record_pipe.h"
#include "io/thread.h"
#include "io/trace_file.h"

namespace headroom::io {
namespace {
using namespace std::chrono_literals;
constexpr Duration kBusyPause = 5ms, kIdlePause = 20ms;
constexpr Duration kLastWords = 2s;        // for the collector and for the pipe's reader
constexpr std::size_t kFileBatch = 256;    // records a line of the trace file
constexpr Duration kFileDelay = 500ms;

std::int64_t wall_ns() { return wall_now().time_since_epoch().count(); }
}  // namespace

struct TelemetryDrain::Impl {
  explicit Impl(TelemetryOptions given) : options(std::move(given)) {}

  void work();
  /// Everything the rings hold now; how many records that was.
  std::size_t empty_rings();
  void take(const telemetry::RequestRecord& record);
  void hand_out(const std::vector<telemetry::RouteSecond>& seconds);
  void write_file();
  bool pause(Duration duration);

  const TelemetryOptions options;
  std::optional<OtlpExporter> exporter;
  std::optional<TraceFile> file;
  std::optional<RecordPipe> pipe;

  // The thread's own.
  telemetry::SecondAggregator seconds;
  std::vector<telemetry::Span> file_spans;
  std::size_t file_records = 0;
  Instant file_since;

  mutable std::mutex mutex;  // guards what follows
  telemetry::RequestMetrics metrics;
  std::vector<telemetry::Span> added_for_file;
  bool stopping = false;
  std::condition_variable wake;

  std::atomic<std::uint64_t> spans_written{0}, file_errors{0}, pipe_dropped{0};
  bool running = true;  // until stop()
  Thread thread;
};

void TelemetryDrain::Impl::take(const telemetry::RequestRecord& record) {
  seconds.add(record);
  metrics.add(record);
  if (!telemetry::keep_at_end(options.sampling, record)) return;
  if (pipe) pipe->add(record);
  if (options.on_record) options.on_record(record);
  if (exporter) exporter->add(record);
  if (!file) return;
  for (auto& span : telemetry::spans_of(record, options.catalog)) file_spans.push_back(std::move(span));
  if (++file_records >= kFileBatch) write_file();
}

std::size_t TelemetryDrain::Impl::empty_rings() {
  std::size_t taken = 0;
  const std::lock_guard lock(mutex);
  for (auto& span : std::exchange(added_for_file, {})) file_spans.push_back(std::move(span));
  telemetry::RequestRecord record;
  for (auto* ring : options.rings) {
    // A ring's worth at a time, so that a fast producer cannot keep the others from their turn.
    for (std::size_t n = 0; n < 4096 && ring->pop(record); ++n, ++taken) take(record);
  }
  return taken;
}

void TelemetryDrain::Impl::hand_out(const std::vector<telemetry::RouteSecond>& finished) {
  for (const auto& second : finished) {
    if (pipe) pipe->add(second);
    if (options.on_second) options.on_second(second);
  }
}

void TelemetryDrain::Impl::write_file() {
  if (file_spans.empty() || !file) return;
  if (file->append(telemetry::otlp_json(options.resource, file_spans))) spans_written += file_spans.size();
  else ++file_errors;
  file_spans.clear();
  file_records = 0;
}

bool TelemetryDrain::Impl::pause(Duration duration) {
  std::unique_lock lock(mutex);
  return !wake.wait_for(lock, duration, [this] { return stopping; });
}

void TelemetryDrain::Impl::work() {
  for (std::size_t taken = 0; pause(taken > 0 ? kBusyPause : kIdlePause);) {
    taken = empty_rings();
    hand_out(seconds.take_finished(wall_ns()));
    if (file_spans.empty()) file_since = now();
    else if (now() - file_since >= kFileDelay) write_file();
    if (pipe) {
      std::uint64_t lost = 0;
      for (const auto* ring : options.rings) lost += ring->dropped();
      pipe->lost_before(lost);
      pipe->flush();
      pipe_dropped = pipe->dropped();
    }
  }
  while (empty_rings() > 0) {
  }
  hand_out(seconds.take_all());
  write_file();
  if (pipe) pipe->finish(static_cast<int>(kLastWords / 1ms));
}

expected<std::unique_ptr<TelemetryDrain>, TelemetryError> TelemetryDrain::start(TelemetryOptions options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  const TelemetryOptions& wanted = impl->options;
  if (!wanted.trace_file.empty()) {
    auto file = TraceFile::open(wanted.trace_file);
    if (!file) return unexpected(TelemetryError{"cannot append to " + wanted.trace_file + ": " + file.error()});
    impl->file.emplace(std::move(*file));
  }
  if (!wanted.otlp_url.empty()) {
    auto url = parse_http_url(wanted.otlp_url);
    if (!url) return unexpected(TelemetryError{"the OTLP endpoint " + url.error()});
    impl->exporter.emplace(OtlpExporterOptions{.url = std::move(*url), .headers = wanted.otlp_headers,
                                               .certificates = wanted.otlp_certificate, .timeout = wanted.otlp_timeout,
                                               .batch = wanted.batch, .resource = wanted.resource, .catalog = wanted.catalog,
                                               .seed = static_cast<std::uint64_t>(wall_ns())});
  }
  if (wanted.record_fd >= 0) impl->pipe.emplace(wanted.record_fd, wanted.replica);
  impl->thread = Thread("telemetry", [running = impl.get()] { running->work(); });
  return std::unique_ptr<TelemetryDrain>(new TelemetryDrain(std::move(impl)));
}

TelemetryDrain::TelemetryDrain(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TelemetryDrain::~TelemetryDrain() { stop(); }

telemetry::RequestMetrics TelemetryDrain::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->metrics;
}

telemetry::SelfTelemetry TelemetryDrain::self() const {
  telemetry::SelfTelemetry self;
  for (const auto* ring : impl_->options.rings) self.records_dropped += ring->dropped();
  self.records_dropped += impl_->pipe_dropped;
  self.spans_written = impl_->spans_written;
  self.trace_file_errors = impl_->file_errors;
  if (!impl_->exporter) return self;
  const auto counts = impl_->exporter->counts();
  self.spans_exported = counts.exported;
  self.spans_rejected = counts.rejected;
  self.spans_dropped = counts.dropped;
  self.export_failures = counts.failures;
  return self;
}

void TelemetryDrain::add(telemetry::Span span) {
  if (impl_->exporter) impl_->exporter->add(span);
  if (!impl_->file) return;
  const std::lock_guard lock(impl_->mutex);
  impl_->added_for_file.push_back(std::move(span));
}

void TelemetryDrain::stop() {
  if (!std::exchange(impl_->running, false)) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
  if (impl_->exporter) impl_->exporter->stop(kLastWords);
}
}  // namespace headroom::io
