// The calling side of TCP for a loop of one's own: names to addresses, connections that do not block, bytes in and out.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "io/fd.h"
#include "io/socket.h"

namespace headroom::io {
/// A resolved TCP address.
struct Address {
  alignas(8) std::array<std::byte, 128> bytes{};  // a sockaddr of `size` bytes
  std::uint32_t size = 0;
};

/// Blocks while the name is looked up. Never empty; the system's order.
[[nodiscard]] expected<std::vector<Address>, SocketError> resolve_tcp(const std::string& host, std::uint16_t port);

/// A connection on its way. error: errno, 0 = none. Not connected and no error: wait until it is writable, then ask dial_error().
struct Dial {
  Fd socket;
  bool connected = false;
  int error = 0;
};
/// Non-blocking, without Nagle's delay.
[[nodiscard]] Dial dial(const Address& address);
/// 0 once connected; else the errno that ended it.
[[nodiscard]] int dial_error(int socket);

/// What a read or write did. error EAGAIN: nothing now. A read of 0 bytes without an error: the peer has closed.
struct Transfer {
  std::size_t count = 0;
  int error = 0;
};
[[nodiscard]] Transfer receive(int socket, std::span<char> room);
[[nodiscard]] Transfer transmit(int socket, std::string_view bytes);
[[nodiscard]] bool would_block(int error);
/// "connection refused", "connection reset", …: short, lower case, the same on every machine.
[[nodiscard]] std::string error_name(int error);

/// Lets this process have as many descriptors as its hard limit allows; the limit in force then.
std::size_t raise_descriptor_limit();
}  // namespace headroom::io
