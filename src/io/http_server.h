// The HTTP/1.1 server: threads, each owning its connections from hand-over to close; nothing is shared on a request's way.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/time.h"
#include "io/event_loop.h"
#include "io/fd.h"
#include "io/http_handler.h"

namespace headroom::io {
/// Who accepts connections (a listening socket's loop, or a parent process that hands them over) gives them to adopt().
/// All functions may be called from any thread.
class HttpServer {
 public:
  /// Starts a thread for each handler. owner: woken when, in another phase than serving, a connection has ended or come back. Both outlive the server.
  HttpServer(const HttpOptions& options, const std::vector<HandlerRef>& handlers, EventLoop& owner);
  ~HttpServer();  // stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Gives a connection to the thread that has the fewest. Above max_connections it is answered 503 and closed.
  void adopt(Fd connection, Instant accepted);
  /// Threads act on it at once: idle connections too.
  void set_phase(Phase phase);
  [[nodiscard]] Phase phase() const noexcept;

  [[nodiscard]] std::size_t connections() const noexcept;
  /// Since the start; connections given back do not count.
  [[nodiscard]] std::uint64_t ended() const noexcept;
  /// The next `count` connections to have been answered, of all threads, come back while the others are served on. Replaces an
  /// earlier count.
  void give_back(std::uint32_t count);
  /// In Phase::returning, and after give_back(): connections between two requests, no byte read from them.
  [[nodiscard]] std::vector<Fd> take_returned();

  /// Closes what is open, whatever it is doing, and ends the threads.
  void stop();

 private:
  class Worker;
  struct Shared;
  std::unique_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Worker>> workers_;
};
}  // namespace headroom::io
