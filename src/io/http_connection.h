// One HTTP/1.1 connection: bytes in, requests to the handler in their order, answers out. Internal to HttpServer.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "http/chunked.h"
#include "io/event_loop.h"
#include "io/fd.h"
#include "io/http_handler.h"

namespace headroom::io {
inline constexpr std::size_t kReadSize = 64U << 10U;
inline constexpr std::size_t kPadding = 64;

/// What the connections of one thread share. An idle connection owns no buffer: bytes are read into `in`, answered from there,
/// and only what is left of an incomplete request is kept by the connection itself.
struct HttpThread {
  HttpThread(const HttpOptions& o, HandlerRef h, const std::atomic<Phase>& p, std::atomic<std::uint32_t>& back)
      : options(o), handler(h), phase(p), wanted_back(back), in(kReadSize + kPadding), out(16U << 10U) {}
  const HttpOptions& options;
  const HandlerRef handler;
  const std::atomic<Phase>& phase;
  std::atomic<std::uint32_t>& wanted_back;  // connections that are to be given back, of all threads
  EventLoop loop;
  http::ByteBuffer in;
  http::ByteBuffer out;
  http::Head head;  // of the request being answered
  std::array<char, 29> date{};
  Instant turn;     // when the last wait() returned
  Instant last;     // the newest reading of the clock
  std::uint32_t waiting = 0;
};

class HttpConnection {
 public:
  enum class Next : std::uint8_t { keep, close, give_back };

  HttpConnection(Fd socket, Instant accepted, HttpThread& thread);

  /// Something of `events` is ready.
  [[nodiscard]] Next ready(std::uint32_t events);
  /// Called now and then, and when the phase changes: what deadlines and phases demand.
  [[nodiscard]] Next check(Instant now);

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }
  [[nodiscard]] Fd release() { return std::move(socket_); }
  std::size_t index = 0;  // where its thread keeps it

 private:
  enum class State : std::uint8_t { idle, head, body, writing, lingering };
  enum class Found : std::uint8_t { request, more, refused };
  using Limit = Duration HttpOptions::*;

  // Reading and answering.
  [[nodiscard]] Next read();
  [[nodiscard]] Next answer_all();
  [[nodiscard]] Found next_request();
  [[nodiscard]] Found new_head();
  [[nodiscard]] Found counted_body();
  [[nodiscard]] Found chunked_body();
  [[nodiscard]] bool understand_head();
  void answer();
  void refuse();
  [[nodiscard]] bool closes_now() const;
  // Writing and ending.
  [[nodiscard]] bool flush();
  [[nodiscard]] Next write_pending();
  [[nodiscard]] Next settle();
  [[nodiscard]] Next linger();
  [[nodiscard]] Next discard();
  void keep_rest();
  void enter(State state, Duration limit);

  [[nodiscard]] http::ByteBuffer& input() noexcept { return stash_.empty() ? thread_.in : stash_; }
  /// What has come of the present request, and perhaps of those after it.
  [[nodiscard]] std::string_view rest() noexcept { return input().view().substr(at_); }
  [[nodiscard]] Found refused(http::Refusal why) {
    refusal_ = why;
    return Found::refused;
  }

  /// The request that is being read; begins anew after each answer. Places count from at_.
  struct Partial {
    http::HeadScanner scanner;
    http::ChunkDecoder chunks;
    std::size_t head_size = 0;  // 0 until its head is complete
    std::size_t body_size = 0;  // counted: as announced; chunked: as far as it is undone, right behind the head
    std::size_t raw_at = 0;     // chunked: the first byte that is not undone yet
    bool chunked = false;
    bool begun = false;         // arrival_.first_byte is set
    bool parsed = false;        // thread_.head holds this request's head
  };

  HttpThread& thread_;
  Fd socket_;
  Instant accepted_;
  Instant deadline_;
  Instant begun_;              // when this thread last turned to the connection
  Instant received_;           // and when it had read
  Arrival arrival_;
  State state_ = State::idle;
  bool closing_ = false;       // after what is in the output
  bool peer_closed_ = false;   // for writing
  std::size_t at_ = 0;         // where in input() the present request begins
  Partial now_;
  http::Refusal refusal_;
  std::size_t discarded_ = 0;
  http::ByteBuffer stash_;     // what came of a request that is not complete
  http::ByteBuffer pending_;   // answers that the kernel did not take
};
}  // namespace headroom::io
