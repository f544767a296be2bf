// TCP sockets: listening, and what is set on each connection.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/expected.h"
#include "io/fd.h"

namespace headroom::io {
struct SocketError {
  int code;             // errno, or 0 when the name could not be resolved
  std::string message;  // "address already in use"
};

/// A non-blocking listening socket on a literal IPv4 or IPv6 address or a host name; port 0 = any free one.
/// "0.0.0.0" and "::" listen on every interface.
[[nodiscard]] expected<Fd, SocketError> listen_on(const std::string& host, std::uint16_t port);
[[nodiscard]] std::uint16_t local_port(int socket);
/// Whether only this machine can reach what listens there.
[[nodiscard]] bool is_loopback(int socket);

/// A blocking connection, with a time limit on each read and write; for tests and short exchanges.
[[nodiscard]] expected<Fd, SocketError> connect_to(const std::string& host, std::uint16_t port);

/// Non-blocking, no Nagle delay: what a connection needs before a loop owns it.
void prepare_connection(int socket);

/// Accepts what waits on a listening socket, one at a time, and outlives running out of descriptors.
class Acceptor {
 public:
  explicit Acceptor(Fd listener);
  enum class Step : std::uint8_t { accepted, nothing, refused, exhausted };
  /// refused: a connection was taken and closed at once, because the process has no descriptors left (so that its peer is told
  /// and the loop does not spin). exhausted: not even that was possible; try again later.
  [[nodiscard]] std::pair<Step, Fd> next();
  [[nodiscard]] int fd() const noexcept { return listener_.get(); }
  void close() { listener_ = Fd(); }

 private:
  Fd listener_;
  Fd reserve_;  // given up for a moment to take and close a connection
};
}  // namespace headroom::io
