// One thread's measurements, cut into seconds. Nothing is shared: each finished second is handed over as a value.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "base/time.h"
#include "load/result.h"
#include "telemetry/request_record.h"

namespace headroom::load {
/// One request as its connection saw it.
struct Outcome {
  std::size_t name = 0;
  std::string_view error;  // "" = success
  Instant intended;
  Instant sent;        // the client began to act: it wrote the request, or first a connection
  Instant first_byte;  // sent if there was none
  Instant done;
  Duration connect{};  // set-up of the connection, where the request had to wait for it
  int status = 0;
  std::uint64_t bytes = 0;  // of the body
  std::array<std::int64_t, telemetry::kStages> server_ns{};
  bool has_server = false;
  telemetry::TraceId trace_id;
  bool slow = false;
  bool connected = true;   // false: no connection could be made
  bool queued = false;     // open loop: it had to wait until one of the allowed connections was free
  std::string_view request_body;
};

/// Which part of the run the present second belongs to.
struct Scope {
  int step = -1;  // index of the step; -1 = before the first
  bool steady = false;
};

struct KeptSample {
  Outcome outcome;         // views emptied
  std::string error;
};
struct KeptSlow {
  Outcome outcome;
  std::string request_body;  // cut at 4 KiB
};

/// A second, or the part of one that lies in one scope.
struct Slice {
  Instant start;
  Instant end;
  Scope scope;
  int thread = 0;
  bool last = false;         // the thread has ended; the next fields hold
  std::uint64_t unfinished = 0;
  Duration unfinished_oldest{};
  std::uint64_t never_sent = 0;
  std::vector<Stats> by_name;
  stats::Histogram lag;      // of the generator itself: requests that waited for a free connection are left out
  std::uint64_t queued = 0;  // those
  std::vector<KeptSample> samples;
  std::vector<KeptSlow> slow;
  std::uint64_t samples_dropped = 0;
  int users = 0;             // of this thread, at the end
  int connections = 0;
  Duration cpu{};            // used by the thread in this slice
  Duration waited{};         // runnable without a CPU; 0 where unknown
};

struct RecorderOptions {
  std::size_t names = 0;
  int thread = 0;
  int samples_per_second = 0;  // 0 = none are kept
  Duration timeout{};          // what a failure counts as, at least, in slo_latency
  std::uint64_t seed = 1;
};

/// Pure: times come with the outcomes. finish() cuts.
class Recorder {
 public:
  explicit Recorder(const RecorderOptions& options);
  void begin(Instant start, Scope scope);
  void add(const Outcome& outcome);
  /// A request that was still in flight at the end: `age` since its intended time, a lower bound of its latency.
  void add_unfinished(std::size_t name, Duration age);
  /// Ends the present slice at `end` and gives it away; begin() starts the next.
  [[nodiscard]] Slice finish(Instant end);

 private:
  void keep(const Outcome& outcome);

  RecorderOptions options_;
  Rng rng_;
  Slice slice_;
  std::uint64_t seen_ = 0;      // requests of this second
  double keep_share_ = 1;       // from the second before
};
}  // namespace headroom::load
