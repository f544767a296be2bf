// The way of a request through one thread: the only place that knows the order of the stages.
//   read, parse (io) → queue → decode → predict → encode → write (io) → the record goes into the thread's ring
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ring.h"
#include "base/rng.h"
#include "base/time.h"
#include "http/byte_buffer.h"
#include "io/http_handler.h"
#include "serve/decode.h"
#include "serve/health.h"
#include "serve/routes.h"
#include "serve/served_model.h"
#include "telemetry/request_record.h"
#include "telemetry/sampler.h"

namespace headroom::serve {
/// What all threads of a server share; constant while they run, but for the atomics.
struct Service {
  explicit Service(const ServedModel& model) : served(model) {}
  const ServedModel& served;
  DecodeLimits decode;
  std::uint32_t queue_limit = 0;            // 0 = none
  Duration timeout = std::chrono::seconds(30);
  telemetry::SamplingPolicy sampling;
  bool keep_inputs = false;                 // --trace-inputs on or hash
  std::string cors_origin;                  // "" = no CORS fields
  std::string docs;                         // the page
  std::string openapi;
  ClockAnchor anchor;
  std::function<std::string(std::string_view accept, std::string& content_type)> metrics;  // any thread
  std::atomic<bool> draining{false};
};

/// Handler of one thread's connections (io/http_handler.h). service and ring outlive it.
class Connection {
 public:
  Connection(Service& service, Ring<telemetry::RequestRecord>& ring, std::uint16_t thread, std::uint64_t seed);

  bool answer(const io::Request& request, http::ByteBuffer& out);
  void refuse(const http::Refusal& refusal, const io::Request& request, http::ByteBuffer& out);
  void written(Instant now);

 private:
  using Stage = telemetry::Stage;
  /// Time since the last mark goes to `stage`.
  void mark(Stage stage);
  void begin(const io::Request& request);
  void finish(const io::Request& request, http::ByteBuffer& out);

  void predict(const io::Request& request);
  void run_model(const Decoded& decoded);
  void take_first_largest();
  void remember(const Decoded& decoded);
  void check_health(bool only_ready);
  void reply_metrics(const io::Request& request);
  void reply(std::uint16_t status, std::string_view content_type);
  void problem(std::uint16_t status, std::string_view detail, std::string_view errors = {});
  void problem(const RequestError& error);
  [[nodiscard]] static bool is_json(const http::Head& head);
  void append_trace_lines(const io::Request& request, http::ByteBuffer& out);

  Service& service_;
  Ring<telemetry::RequestRecord>& ring_;
  const std::uint16_t thread_;
  Rng ids_;
  Decoder decoder_;
  model::Output predicted_;
  model::Output detail_;
  model::Scratch scratch_;

  // Of the request being answered.
  telemetry::RequestRecord record_;
  Instant last_mark_;
  std::uint16_t status_ = 200;
  std::string content_type_;
  http::ByteBuffer body_;
  http::ByteBuffer lines_;
  std::uint64_t answered_ = 0;

  // Answered and not yet handed to the kernel: where each one's encoding ended.
  struct Unwritten {
    telemetry::RequestRecord record;
    Instant encoded;
  };
  std::vector<Unwritten> unwritten_;
};
}  // namespace headroom::serve
