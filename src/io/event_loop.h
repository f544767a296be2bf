// One thread's epoll: which descriptors can be read or written now. No callbacks: the loop that owns it asks and acts.
//
// epoll directly and not Boost.Asio: an Asio wait for readability re-arms the descriptor (a system call for each request), or a read
// is tried in vain first; connections are given to other processes half-way; and Asio's headers stay out of everybody's build.
// Level-triggered, so a wake-up that is not used up comes again.
#pragma once
#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "io/fd.h"

namespace headroom::io {
/// Everything belongs to one thread, but wake(). An epoll that cannot be made ends the process: nothing works without it.
class EventLoop {
 public:
  struct Ready {
    void* tag;             // as given to watch()
    std::uint32_t events;  // EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR
  };

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Reports `events` of `fd` with `tag` (not null) from now on, or other events than before. False when the system has no room.
  [[nodiscard]] bool watch(int fd, std::uint32_t events, void* tag);
  void rewatch(int fd, std::uint32_t events, void* tag);
  /// Before the descriptor is given away; closing it does the same.
  void forget(int fd);

  /// What is ready, after at most `timeout` (nullopt: for ever; exact to the thread's timer slack, see thread_clock.h). Empty when the time is over, after wake() and after a signal.
  /// The result stands until the next call.
  [[nodiscard]] std::span<const Ready> wait(std::optional<Duration> timeout);

  /// Makes a wait(), now or the next one, return. Any thread; also a signal handler.
  void wake() noexcept;

 private:
  static constexpr std::size_t kBatch = 256;
  Fd epoll_;
  Fd wake_;
  std::array<epoll_event, kBatch> events_{};
  std::array<Ready, kBatch> ready_{};
};
}  // namespace headroom::io
