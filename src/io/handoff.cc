#include "io/handoff.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace headroom::io {
namespace {
struct Wire {
  std::uint32_t count;
  std::uint8_t kind;
};
bool carries_descriptor(HandoffKind kind) { return kind == HandoffKind::connection || kind == HandoffKind::returned; }
}  // namespace

std::optional<std::pair<Fd, Fd>> handoff_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) return std::nullopt;
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

bool send_handoff(int channel, HandoffKind kind, int descriptor, std::uint32_t count) {
  Wire wire{count, static_cast<std::uint8_t>(kind)};
  iovec part{&wire, sizeof(wire)};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  }
  return ::sendmsg(channel, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof(wire));
}

expected<std::optional<Handoff>, HandoffEnd> receive_handoff(int channel) {
  Wire wire{};
  iovec part{&wire, sizeof(wire)};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (size <= 0) return unexpected(HandoffEnd::peer_gone);
  Handoff handoff{static_cast<HandoffKind>(wire.kind), wire.count, Fd()};
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof(int));
    handoff.descriptor = Fd(descriptor);
  }
  const bool known = wire.kind >= static_cast<std::uint8_t>(HandoffKind::ready) &&
                     wire.kind <= static_cast<std::uint8_t>(HandoffKind::leaving);
  if (size != static_cast<ssize_t>(sizeof(wire)) || !known ||
      carries_descriptor(handoff.kind) != static_cast<bool>(handoff.descriptor)) {
    return unexpected(HandoffEnd::broken);
  }
  return std::optional<Handoff>(std::move(handoff));
}
}  // namespace headroom::io
