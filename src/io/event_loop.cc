#include "io/event_loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "base/check.h"

namespace headroom::io {
namespace {
// Nanoseconds where the kernel knows them (5.11 and later), so that an open loop's requests leave on time; else whole milliseconds.
template <class Events>
int wait_exactly(int epoll, Events& events, std::optional<Duration> timeout) {
  static std::atomic<bool> has_nanoseconds{true};
  const int room = static_cast<int>(events.size());
  const Duration longest = std::chrono::hours(1);
  if (!timeout) return ::epoll_wait(epoll, events.data(), room, -1);
  const Duration bounded = std::clamp(*timeout, Duration::zero(), longest);
  if (bounded == Duration::zero()) return ::epoll_wait(epoll, events.data(), room, 0);
  if (has_nanoseconds.load(std::memory_order_relaxed)) {
    const timespec exact{static_cast<time_t>(bounded.count() / 1'000'000'000), static_cast<long>(bounded.count() % 1'000'000'000)};
    const int count = ::epoll_pwait2(epoll, events.data(), room, &exact, nullptr);
    if (count >= 0 || errno != ENOSYS) return count;
    has_nanoseconds.store(false, std::memory_order_relaxed);
  }
  const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(bounded).count();
  return ::epoll_wait(epoll, events.data(), room, static_cast<int>(rounded_up));
}
}  // namespace

EventLoop::EventLoop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(epoll_ && wake_);
  CHECK(watch(wake_.get(), EPOLLIN, nullptr));
}

bool EventLoop::watch(int fd, std::uint32_t events, void* tag) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = tag;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::rewatch(int fd, std::uint32_t events, void* tag) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = tag;
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void EventLoop::forget(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

std::span<const EventLoop::Ready> EventLoop::wait(std::optional<Duration> timeout) {
  const int count = wait_exactly(epoll_.get(), events_, timeout);
  std::size_t kept = 0;
  for (int i = 0; i < count; ++i) {
    const auto& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr) {
      std::uint64_t wakes = 0;
      [[maybe_unused]] const auto size = ::read(wake_.get(), &wakes, sizeof(wakes));
    } else {
      ready_[kept++] = Ready{event.data.ptr, event.events};
    }
  }
  return {ready_.data(), kept};
}

void EventLoop::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto size = ::write(wake_.get(), &one, sizeof(one));
}
}  // namespace headroom::io
