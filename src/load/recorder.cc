#include "load/recorder.h"

#include <algorithm>

namespace headroom::load {
namespace {
constexpr std::size_t kSlowKept = 100;        // a slice; the rest is in the histograms
constexpr std::size_t kFailedKept = 2000;     // sample rows of failures a slice, beside the others
constexpr std::size_t kBodyKept = 4096;
constexpr std::size_t kErrorNames = 200;      // a slice and name; more become "other errors"
}  // namespace

Recorder::Recorder(const RecorderOptions& options) : options_(options), rng_(options.seed) { slice_.by_name.resize(options.names); }

void Recorder::begin(Instant start, Scope scope) {
  slice_ = Slice();
  slice_.start = start;
  slice_.scope = scope;
  slice_.thread = options_.thread;
  slice_.by_name.resize(options_.names);
  seen_ = 0;
}

void Recorder::add(const Outcome& outcome) {
  Stats& stats = slice_.by_name[outcome.name];
  const std::int64_t latency = (outcome.done - outcome.intended).count();
  const std::int64_t lag = (outcome.sent - outcome.intended).count();
  const bool failed = !outcome.error.empty();
  ++stats.requests;
  stats.response_bytes += outcome.bytes;
  stats.latency.add(latency);
  stats.slo_latency.add(failed ? std::max(latency, options_.timeout.count()) : latency);
  stats.service.add((outcome.done - outcome.sent).count());
  stats.lag.add(lag);
  if (outcome.queued) {
    ++slice_.queued;
  } else {
    slice_.lag.add(lag);
  }
  stats.connect_ns += outcome.connect.count();
  if (outcome.has_server) {
    ++stats.with_server;
    stats.with_server_service_ns += (outcome.done - outcome.sent).count();
    for (std::size_t i = 0; i < telemetry::kStages; ++i) stats.server_ns[i] += outcome.server_ns[i];
  }
  if (failed) {
    ++stats.failures;
    if (!outcome.connected) ++stats.unconnected;
    const std::string error(outcome.error);
    const bool room = stats.errors.size() < kErrorNames || stats.errors.contains(error);
    stats.errors[room ? error : "other errors"].merge({1, outcome.done, outcome.done});
  }
  ++seen_;
  if (outcome.slow && slice_.slow.size() < kSlowKept) {
    slice_.slow.push_back({outcome, std::string(outcome.request_body.substr(0, kBodyKept))});
    slice_.slow.back().outcome.request_body = {};
    slice_.slow.back().outcome.error = {};
  }
  if (options_.samples_per_second > 0) keep(outcome);
}

// All while the second before had room for all; else each with the same chance, so that what is kept stands for the rest. Failed
// and slow ones always, up to a bound.
void Recorder::keep(const Outcome& outcome) {
  const bool special = outcome.slow || !outcome.error.empty();
  const auto most = static_cast<std::size_t>(options_.samples_per_second) + (special ? kFailedKept : 0);
  if (!special && keep_share_ < 1 && rng_.uniform() >= keep_share_) return;
  if (slice_.samples.size() >= most) {
    ++slice_.samples_dropped;
    return;
  }
  slice_.samples.push_back({outcome, std::string(outcome.error)});
  slice_.samples.back().outcome.error = {};
  slice_.samples.back().outcome.request_body = {};
}

void Recorder::add_unfinished(std::size_t name, Duration age) { slice_.by_name[name].slo_latency.add(age.count()); }

Slice Recorder::finish(Instant end) {
  slice_.end = end;
  const double length = std::max(seconds(end - slice_.start), 1e-3);
  const double rate = static_cast<double>(seen_) / length;
  keep_share_ = rate > options_.samples_per_second ? options_.samples_per_second / rate : 1.0;
  return std::move(slice_);
}
}  // namespace headroom::load
