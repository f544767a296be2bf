#include "io/otlp_exporter.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/rng.h"
#include "io/clock.h"
#include "io/thread.h"

namespace headroom::io {
namespace {
using namespace std::chrono_literals;
using Waiting = std::variant<telemetry::RequestRecord, telemetry::Span>;

constexpr std::size_t kLongestMessage = 4U << 20U;  // the limit collectors have by default
constexpr Duration kFirstBackoff = 500ms, kLongestBackoff = 5s, kLongestRetryAfter = 30s;
constexpr Duration kLastBackoff = std::chrono::milliseconds(100);  // once it is to end

/// How many spans it becomes; see telemetry::spans_of.
std::size_t spans_in(const telemetry::RequestRecord& record) {
  return telemetry::predicts(record.route) ? 3 : record.route == telemetry::Route::health ? 1 : 0;
}
bool worth_a_retry(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

/// Seconds; the header's other form, a date, is not honoured and the back-off stands.
std::optional<Duration> retry_after(const std::string& text) {
  unsigned wanted = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), wanted);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return std::min<Duration>(std::chrono::seconds(wanted), kLongestRetryAfter);
}
}  // namespace

struct OtlpExporter::Impl {
  explicit Impl(OtlpExporterOptions given)
      : options(std::move(given)), client(options.url, {.certificates = options.certificates}), jitter(options.seed) {}

  void add(Waiting waiting, std::size_t spans);
  void work();
  /// Up to a batch, once there is one or the delay is over; empty only at the end.
  std::vector<telemetry::Span> take_batch();
  void send(std::span<const telemetry::Span> spans);
  void deliver(const std::string& message, std::size_t spans);
  /// False if stop() came meanwhile.
  bool sleep(Duration duration);
  [[nodiscard]] bool is_ending();
  void count(std::uint64_t ExportCounts::* which, std::uint64_t n, const std::string& trouble = "");

  const OtlpExporterOptions options;
  HttpClient client;
  Rng jitter;  // the thread's own

  mutable std::mutex mutex;  // guards what follows
  std::condition_variable wake, ended_changed;
  std::deque<Waiting> queue;
  std::size_t queued_spans = 0;
  std::optional<Instant> end_by;  // set by stop()
  bool ended = false;
  ExportCounts counts;
  bool running = true;  // until stop()
  Thread thread;
};

void OtlpExporter::Impl::add(Waiting waiting, std::size_t spans) {
  if (spans == 0) return;
  const std::lock_guard lock(mutex);
  if (end_by || queued_spans + spans > options.batch.queue) {
    counts.dropped += spans;
    return;
  }
  const bool full_before = queued_spans >= options.batch.batch;
  queued_spans += spans;
  queue.push_back(std::move(waiting));
  if (!full_before && queued_spans >= options.batch.batch) wake.notify_one();
}

void OtlpExporter::Impl::count(std::uint64_t ExportCounts::* which, std::uint64_t n, const std::string& trouble) {
  const std::lock_guard lock(mutex);
  counts.*which += n;
  if (!trouble.empty()) counts.last_trouble = trouble;
}

std::vector<telemetry::Span> OtlpExporter::Impl::take_batch() {
  std::vector<Waiting> taken;
  {
    std::unique_lock lock(mutex);
    do {
      wake.wait_for(lock, options.batch.delay, [this] { return end_by || queued_spans >= options.batch.batch; });
    } while (!end_by && queue.empty());
    for (std::size_t spans = 0; !queue.empty() && spans < options.batch.batch;) {
      const auto* record = std::get_if<telemetry::RequestRecord>(&queue.front());
      const std::size_t n = record ? spans_in(*record) : 1;
      if (spans > 0 && spans + n > options.batch.batch) break;
      spans += n;
      queued_spans -= n;
      taken.push_back(std::move(queue.front()));
      queue.pop_front();
    }
  }
  std::vector<telemetry::Span> spans;
  spans.reserve(options.batch.batch);
  for (auto& waiting : taken) {
    if (auto* span = std::get_if<telemetry::Span>(&waiting)) {
      spans.push_back(std::move(*span));
      continue;
    }
    for (auto& span : telemetry::spans_of(std::get<telemetry::RequestRecord>(waiting), options.catalog)) spans.push_back(std::move(span));
  }
  return spans;
}

bool OtlpExporter::Impl::is_ending() {
  const std::lock_guard lock(mutex);
  return end_by.has_value();
}

// The end wakes the sleeper, who then tries again and again, in short steps, for as long as stop() has patience.
bool OtlpExporter::Impl::sleep(Duration duration) {
  std::unique_lock lock(mutex);
  const bool ending = end_by.has_value();
  wake.wait_for(lock, duration, [&] { return end_by.has_value() != ending; });
  return !end_by || now() < *end_by;
}

void OtlpExporter::Impl::send(std::span<const telemetry::Span> spans) {
  const std::string message = telemetry::otlp_protobuf(options.resource, spans);
  if (message.size() < kLongestMessage) return deliver(message, spans.size());
  if (spans.size() == 1) return count(&ExportCounts::dropped, 1, "a span is over the size limit");
  send(spans.first(spans.size() / 2));
  send(spans.subspan(spans.size() / 2));
}

void OtlpExporter::Impl::deliver(const std::string& message, std::size_t spans) {
  const Instant give_up = now() + options.batch.timeout;
  HttpAsk ask{.method = "POST", .target = "", .headers = options.headers, .content_type = "application/x-protobuf", .body = message,
              .timeout = options.timeout};
  std::string trouble;
  for (Duration backoff = kFirstBackoff;; backoff = std::min(backoff * 2, kLongestBackoff)) {
    auto answer = client.exchange(ask);
    if (answer && answer->status >= 200 && answer->status < 300) {
      const auto said = telemetry::read_export_answer(answer->body);
      const auto rejected = std::min<std::uint64_t>(said.rejected, spans);
      count(&ExportCounts::rejected, rejected, said.message);
      return count(&ExportCounts::exported, spans - rejected);
    }
    trouble = answer ? "HTTP " + std::to_string(answer->status) : answer.error().message;
    if (answer && !worth_a_retry(answer->status)) {
      count(&ExportCounts::failures, 1);
      return count(&ExportCounts::rejected, spans, trouble);
    }
    // Between half and all of it, so that many exporters do not come back at once.
    Duration pause = std::chrono::duration_cast<Duration>(backoff * jitter.uniform(0.5, 1.0));
    if (const auto asked = answer ? retry_after(answer->retry_after) : std::nullopt) pause = *asked;
    if (is_ending()) pause = kLastBackoff;
    if (now() + pause > give_up || !sleep(pause)) break;
  }
  count(&ExportCounts::failures, 1);
  count(&ExportCounts::dropped, spans, trouble);
}

void OtlpExporter::Impl::work() {
  for (;;) {
    const auto spans = take_batch();
    {
      const std::lock_guard lock(mutex);
      if (spans.empty() && end_by && queue.empty()) break;
      if (end_by && now() >= *end_by) {
        counts.dropped += spans.size() + queued_spans;
        break;
      }
    }
    if (!spans.empty()) send(spans);
  }
  const std::lock_guard lock(mutex);
  ended = true;
  ended_changed.notify_all();
}

OtlpExporter::OtlpExporter(OtlpExporterOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {
  impl_->thread = Thread("otlp export", [impl = impl_.get()] { impl->work(); });
}
OtlpExporter::~OtlpExporter() { stop(Duration::zero()); }

void OtlpExporter::add(const telemetry::RequestRecord& record) { impl_->add(record, spans_in(record)); }
void OtlpExporter::add(telemetry::Span span) { impl_->add(std::move(span), 1); }

ExportCounts OtlpExporter::counts() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counts;
}

void OtlpExporter::stop(Duration patience) {
  if (!std::exchange(impl_->running, false)) return;
  {
    std::unique_lock lock(impl_->mutex);
    impl_->end_by = now() + patience;
    impl_->wake.notify_all();
    impl_->ended_changed.wait_for(lock, patience, [this] { return impl_->ended; });
  }
  impl_->client.cancel();
  impl_->thread.join();
}
}  // namespace headroom::io
