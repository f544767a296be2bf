#include "testing/http_peer.h"

#include <sys/socket.h>

#include <array>

#include "base/check.h"
#include "http/response.h"
#include "io/socket.h"

namespace headroom::testing {
HttpPeer::HttpPeer(std::uint16_t port) {
  auto socket = io::connect_to("127.0.0.1", port);
  CHECK(socket);
  socket_ = std::move(*socket);
}

void HttpPeer::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

Reply HttpPeer::receive(bool head) {
  http::ResponseParser parser;
  parser.start(head);
  std::array<char, 65536> bytes{};
  while (!parser.done()) {
    if (unread_.empty()) {
      const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
      if (count <= 0) {
        Reply none;
        const auto end = parser.finish();
        none.error = end ? "" : end.error().reason;
        return none;
      }
      unread_.assign(bytes.data(), static_cast<std::size_t>(count));
    }
    const auto taken = parser.feed(unread_);
    if (!taken) {
      Reply broken;
      broken.error = taken.error().reason;
      return broken;
    }
    unread_.erase(0, *taken);
  }
  Reply reply;
  reply.status = parser.head().status;
  reply.body = parser.body();
  reply.server_timing = parser.head().server_timing;
  reply.traceparent = parser.field("traceparent");
  reply.retry_after = parser.head().retry_after;
  reply.allow = parser.field("allow");
  reply.content_encoding = parser.field("content-encoding");
  reply.content_type = parser.field("content-type");
  reply.json_size = parser.field("inference-header-content-length");
  reply.keep_alive = parser.head().keep_alive;
  return reply;
}

Reply HttpPeer::ask(std::string_view bytes) {
  send(bytes);
  return receive();
}

bool HttpPeer::is_closed() {
  char byte = 0;
  return unread_.empty() && ::recv(socket_.get(), &byte, 1, 0) == 0;
}

void HttpPeer::half_close() const { ::shutdown(socket_.get(), SHUT_WR); }

std::string post_predict(std::string_view body, std::string_view lines) {
  return "POST /predict HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n" + std::string(lines) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
}  // namespace headroom::testing
