#include "io/dial.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace headroom::io {
expected<std::vector<Address>, SocketError> resolve_tcp(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) return unexpected(SocketError{0, ::gai_strerror(failed)});
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Address address;
    if (each->ai_addrlen > address.bytes.size()) continue;
    std::memcpy(address.bytes.data(), each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
    addresses.push_back(address);
  }
  if (addresses.empty()) return unexpected(SocketError{0, "the name has no TCP address"});
  return addresses;
}

Dial dial(const Address& address) {
  sockaddr_storage target{};
  std::memcpy(&target, address.bytes.data(), address.size);
  Dial result{Fd(::socket(target.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), false, 0};
  if (!result.socket) {
    result.error = errno;
    return result;
  }
  const int on = 1;
  ::setsockopt(result.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  result.connected = ::connect(result.socket.get(), reinterpret_cast<const sockaddr*>(&target), address.size) == 0;
  if (!result.connected && errno != EINPROGRESS) result.error = errno;
  return result;
}

int dial_error(int socket) {
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Transfer receive(int socket, std::span<char> room) {
  while (true) {
    const ssize_t count = ::recv(socket, room.data(), room.size(), 0);
    if (count >= 0) return {static_cast<std::size_t>(count), 0};
    if (errno != EINTR) return {0, errno};
  }
}

Transfer transmit(int socket, std::string_view bytes) {
  while (true) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) return {static_cast<std::size_t>(count), 0};
    if (errno != EINTR) return {0, errno};
  }
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

std::string error_name(int error) {
  switch (error) {
    case ECONNREFUSED: return "connection refused";
    case ECONNRESET:
    case EPIPE: return "connection reset";
    case ETIMEDOUT: return "connection timed out";
    case EHOSTUNREACH: return "host unreachable";
    case ENETUNREACH: return "network unreachable";
    case EADDRNOTAVAIL: return "no local port left";
    case EMFILE:
    case ENFILE: return "no descriptors left";
    default: {
      std::string text = std::strerror(error);
      if (!text.empty()) text[0] = static_cast<char>(text[0] | 0x20);
      return text;
    }
  }
}

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return static_cast<std::size_t>(limit.rlim_cur);
}
}  // namespace headroom::io
