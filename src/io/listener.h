// A listening TCP socket.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/expected.h"
#include "io/fd.h"

namespace headroom::io {
struct ListenError {
  int system_error = 0;  // errno
  std::string message;   // "127.0.0.1:8000: Address already in use"
};

class Listener {
 public:
  /// host: a numeric IPv4 or IPv6 address or "localhost". port 0: a free one. backlog: connections the kernel keeps waiting for us.
  static expected<Listener, ListenError> open(const std::string& host, std::uint16_t port, int backlog);
  [[nodiscard]] int descriptor() const { return socket_.get(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// One waiting connection (non-blocking, close on exec, no delay); empty when none waits. `exhausted`: out of descriptors.
  [[nodiscard]] Fd accept(bool& exhausted) const;

 private:
  Listener(Fd socket, std::uint16_t port) : socket_(std::move(socket)), port_(port) {}
  Fd socket_;
  std::uint16_t port_;
};
}  // namespace headroom::io
