// How `headroom scale` gives accepted connections to its replicas, and gets idle ones back: messages over a unix SOCK_SEQPACKET
// pair, a descriptor riding along (SCM_RIGHTS). The replica inherits its end as --handoff-fd. No byte is ever proxied, and a
// draining replica loses nobody: idle keep-alive connections go back to the parent and on to another replica.
#pragma once
#include <cstdint>
#include <optional>

#include "base/expected.h"
#include "io/fd.h"

namespace headroom::io {
enum class HandoffKind : std::uint8_t {
  ready = 1,    // replica → parent, once: the model is loaded and a row has been predicted
  connection,   // parent → replica, with a descriptor: serve this accepted connection
  drain,        // parent → replica: give back what is idle, finish what is not, then exit 0
  returned,     // replica → parent, with a descriptor: an idle connection, between two requests, no byte read
  closed,       // replica → parent: `count` connections ended
  give_back,    // parent → replica: return `count` connections after their next answers, and go on serving; replaces an earlier count
  leaving,      // replica → parent: a signal ends it; the parent answers `drain`, after which it sends no more connections
};

struct Handoff {
  HandoffKind kind;
  std::uint32_t count = 0;
  Fd descriptor;  // empty where the kind has none
};

enum class HandoffEnd : std::uint8_t { peer_gone, broken };  // broken: what came is no message of ours

/// A SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK pair; nullopt with errno set when the system has none left.
[[nodiscard]] std::optional<std::pair<Fd, Fd>> handoff_pair();
/// False with errno set (EAGAIN: the peer is behind; EPIPE: it is gone). `descriptor` stays the caller's; -1 = none.
[[nodiscard]] bool send_handoff(int channel, HandoffKind kind, int descriptor = -1, std::uint32_t count = 0);
/// nullopt when nothing is there.
[[nodiscard]] expected<std::optional<Handoff>, HandoffEnd> receive_handoff(int channel);
}  // namespace headroom::io
