// Waiting for descriptors: a poll loop's one blocking call, and how another thread interrupts it.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "base/time.h"
#include "io/fd.h"

namespace headroom::io {
struct Watch {
  int descriptor = -1;    // -1 is skipped
  bool readable = false;  // set by wait_readable: there is something to read, or an end or error to be read
};
/// Returns when one is readable or `most` is over; interruptions by signals count as neither.
void wait_readable(std::span<Watch> watches, Duration most);

/// Wakes a thread that waits for descriptor(). signal() may be called from any thread.
class Wake {
 public:
  Wake();
  [[nodiscard]] int descriptor() const { return event_.get(); }
  void signal() const;
  void clear() const;

 private:
  Fd event_;
};

struct Pipe {
  Fd read;   // does not block
  Fd write;
};
/// Both ends close on exec. nullopt with errno set when the system has none left.
[[nodiscard]] std::optional<Pipe> make_pipe();
/// What is there now: the bytes read; nullopt when nothing is there; 0 at the end (or on an error, which ends it too).
[[nodiscard]] std::optional<std::size_t> read_some(int descriptor, std::span<std::byte> into);
}  // namespace headroom::io
