// What answers requests: the seam between the bytes (io) and what they mean (serve's connection, the load page, collect).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/time.h"
#include "http/byte_buffer.h"
#include "http/request.h"

namespace headroom::io {
/// When the parts of a request came. first_byte <= begun <= complete <= parse_begun <= parsed.
struct Arrival {
  Duration accept{};    // from accept() until its thread owned the connection; 0 but for a connection's first request
  Instant first_byte;   // its first bytes were seen to be there
  Instant begun;        // this thread turned to the connection (== first_byte if the request came in several parts)
  Instant complete;     // its last byte was read
  Instant parse_begun;  // later than complete only when it waited for pipelined ones before it
  Instant parsed;       // head and framing understood
};

struct Request {
  const http::Head& head;
  std::string_view body;    // at least 64 bytes after its end may be read (what SIMD parsers need)
  const Arrival& arrival;
  std::uint32_t waiting;    // connections that this thread has yet to turn to, whose bytes are already there
  bool closing;             // the connection closes after this answer whatever the handler says; the answer must say so
  std::string_view date;    // for the Date field
};

/// One thread's handler. Calls come from that thread alone.
///
///   bool answer(const Request&, http::ByteBuffer& out)
///        appends exactly one response to `out`; false: the connection closes after it (the response says "Connection: close").
///   void refuse(const http::Refusal&, const Request&, http::ByteBuffer& out)
///        the same for what is no request (head is empty but for what was understood); the connection always closes.
///   void written(Instant now)
///        what was answered since the last call has been handed to the kernel (or as much as it takes; the rest follows).
class HandlerRef {
 public:
  template <class Handler>
    requires(!std::is_same_v<std::remove_cv_t<Handler>, HandlerRef>)  // else it would be taken for copying
  explicit HandlerRef(Handler& handler)
      : self_(&handler),
        answer_([](void* self, const Request& request, http::ByteBuffer& out) { return static_cast<Handler*>(self)->answer(request, out); }),
        refuse_([](void* self, const http::Refusal& refusal, const Request& request, http::ByteBuffer& out) {
          static_cast<Handler*>(self)->refuse(refusal, request, out);
        }),
        written_([](void* self, Instant now) { static_cast<Handler*>(self)->written(now); }) {}

  bool answer(const Request& request, http::ByteBuffer& out) const { return answer_(self_, request, out); }
  void refuse(const http::Refusal& refusal, const Request& request, http::ByteBuffer& out) const { refuse_(self_, refusal, request, out); }
  void written(Instant now) const { written_(self_, now); }

 private:
  void* self_;
  bool (*answer_)(void*, const Request&, http::ByteBuffer&);
  void (*refuse_)(void*, const http::Refusal&, const Request&, http::ByteBuffer&);
  void (*written_)(void*, Instant);
};

struct HttpOptions {
  http::Limits http;
  std::size_t max_connections = 10'000;  // of all threads; more are answered 503 and closed
  Duration head_timeout = std::chrono::seconds(10);   // from a request's first byte to the end of its head
  Duration body_timeout = std::chrono::seconds(30);   // from there to the end of its body
  Duration idle_timeout = std::chrono::seconds(75);   // between requests, and before the first
  Duration write_timeout = std::chrono::seconds(30);  // without the peer taking a byte
  Duration max_connection_age{};                      // 0 = any age; else the next answer says "Connection: close"
  std::size_t max_output = 256U << 10U;               // answers waiting for a peer that does not read; then its requests wait too
};

/// What the whole server is doing.
enum class Phase : std::uint8_t {
  serving,
  draining,   // as serving, but every answer says "Connection: close"
  ending,     // idle connections are closed at once, others after what they have asked is answered
  returning,  // as ending, but open connections are given back to whoever accepted them, and no answer says close
};
}  // namespace headroom::io
