#include "io/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace headroom::io {
namespace {
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

expected<Addresses, SocketError> resolve(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) return unexpected(SocketError{0, ::gai_strerror(failed)});
  return Addresses(found, &::freeaddrinfo);
}

auto system_error() { return unexpected(SocketError{errno, std::strerror(errno)}); }

void set(int socket, int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof(value)); }
}  // namespace

expected<Fd, SocketError> listen_on(const std::string& host, std::uint16_t port) {
  HEADROOM_TRY(addresses, resolve(host, port, AI_PASSIVE));
  Fd socket(::socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return system_error();
  set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (::bind(socket.get(), addresses->ai_addr, addresses->ai_addrlen) != 0) return system_error();
  if (::listen(socket.get(), 4096) != 0) return system_error();
  return socket;
}

expected<Fd, SocketError> connect_to(const std::string& host, std::uint16_t port) {
  HEADROOM_TRY(addresses, resolve(host, port, 0));
  Fd socket(::socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return system_error();
  const timeval limit{10, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  set(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(socket.get(), addresses->ai_addr, addresses->ai_addrlen) != 0) return system_error();
  return socket;
}

std::uint16_t local_port(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
}

bool is_loopback(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return false;
  if (address.ss_family == AF_INET) return (ntohl(reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr) >> 24U) == 127;
  return address.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<sockaddr_in6&>(address).sin6_addr);
}

void prepare_connection(int socket) {
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
}

Acceptor::Acceptor(Fd listener) : listener_(std::move(listener)), reserve_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

std::pair<Acceptor::Step, Fd> Acceptor::next() {
  while (true) {
    Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection) {
      set(connection.get(), IPPROTO_TCP, TCP_NODELAY, 1);
      return {Step::accepted, std::move(connection)};
    }
    if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO) continue;
    if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) return {Step::nothing, Fd()};
    if (!reserve_) return {Step::exhausted, Fd()};
    reserve_ = Fd();
    const bool was_there = static_cast<bool>(Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    reserve_ = Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return {was_there ? Step::refused : Step::exhausted, Fd()};
  }
}
}  // namespace headroom::io
