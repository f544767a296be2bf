// The way of a request through one thread: the only place that knows the order of the stages.
//   read, parse (io) → queue → decode → predict → encode → write (io) → the record goes into the thread's ring
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ring.h"
#include "base/rng.h"
#include "base/time.h"
#include "http/byte_buffer.h"
#include "io/http_handler.h"
#include "serve/content_coding.h"
#include "serve/decode.h"
#include "serve/health.h"
#include "serve/infer_documents.h"
#include "serve/infer_face.h"
#include "serve/infer_path.h"
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
  std::size_t max_body = 1U << 20U;         // bytes, once inflated
  std::uint32_t queue_limit = 0;            // 0 = none
  Duration timeout = std::chrono::seconds(30);
  telemetry::SamplingPolicy sampling;
  bool keep_inputs = false;                 // --trace-inputs on or hash
  std::string cors_origin;                  // "" = no CORS fields
  std::string docs;                         // the page
  std::string openapi;
  InferFace infer;
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
  /// Whether the request may be worked on; else it has been answered.
  [[nodiscard]] bool let_in(const io::Request& request);
  /// The body as it was before it was compressed; otherwise the request has been answered.
  [[nodiscard]] std::optional<std::string_view> plain_body(const io::Request& request);
  void run_model(const Decoded& decoded);
  void take_first_largest();
  void remember(const Decoded& decoded);
  void keep_inputs(const model::Rows& rows);
  /// Reading the thread's CPU clock is a system call, so one request in so many pays for it.
  [[nodiscard]] bool is_cpu_sampled();
  void check_health(bool only_ready);
  void reply_metrics(const io::Request& request);
  // The Open Inference Protocol: connection_infer.cc.
  void answer_infer(const io::Request& request);
  [[nodiscard]] bool is_known(const InferPath& path);
  void infer(const io::Request& request);
  [[nodiscard]] expected<const InferRequest*, InferError> described(const http::Head& head, std::string_view body);
  void run_outputs(const model::Rows& rows);
  void remember_outputs();
  void refuse_infer(const InferError& error);
  void reply_document(std::string_view json);
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
  BodyCoder coder_;
  InferRoom infer_;
  model::Output predicted_;
  model::Output detail_;
  model::Scratch scratch_;

  // Of the request being answered.
  telemetry::RequestRecord record_;
  Instant last_mark_;
  std::uint16_t status_ = 200;
  bool is_infer_ = false;   // below /v2, where errors have another form
  std::string content_type_;
  http::ByteBuffer body_;
  http::ByteBuffer lines_;
  http::ByteBuffer packed_;   // the body as gzip, if it is sent so
  std::uint64_t answered_ = 0;

  // Answered and not yet handed to the kernel: where each one's encoding ended.
  struct Unwritten {
    telemetry::RequestRecord record;
    Instant encoded;
  };
  std::vector<Unwritten> unwritten_;
};
}  // namespace headroom::serve
