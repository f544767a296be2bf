// The other end of a server's connections, for tests: real sockets, responses read by the client's parser.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "io/fd.h"

namespace headroom::testing {
struct Reply {
  int status = 0;  // 0: no answer, and `error` says why
  std::string body;
  std::string server_timing;
  std::string traceparent;
  std::string retry_after;
  std::string allow;
  std::string content_type;
  std::string content_encoding;
  std::string json_size;   // Inference-Header-Content-Length
  bool keep_alive = false;
  std::string error;
};

/// One connection to 127.0.0.1; each read waits at most 10 s.
class HttpPeer {
 public:
  explicit HttpPeer(std::uint16_t port);
  void send(std::string_view bytes) const;
  /// The next response, of HEAD when `head`.
  Reply receive(bool head = false);
  /// send, then receive.
  Reply ask(std::string_view bytes);
  /// Reads until the server closes; true if it sent nothing before.
  bool is_closed();
  void half_close() const;

 private:
  io::Fd socket_;
  std::string unread_;
};

/// A POST to /predict with `body`; `lines` are further header lines, each with its CRLF.
[[nodiscard]] std::string post_predict(std::string_view body, std::string_view lines = {});
}  // namespace headroom::testing
