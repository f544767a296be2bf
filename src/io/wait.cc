#include "io/wait.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <vector>

#include "base/check.h"

namespace headroom::io {
void wait_readable(std::span<Watch> watches, Duration most) {
  std::vector<pollfd> polled;
  polled.reserve(watches.size());
  for (const auto& watch : watches) polled.push_back({watch.descriptor, POLLIN, 0});
  const std::int64_t nanoseconds_left = std::max<std::int64_t>(0, most.count());
  const timespec timeout{static_cast<time_t>(nanoseconds_left / 1'000'000'000), static_cast<long>(nanoseconds_left % 1'000'000'000)};
  const int found = ::ppoll(polled.data(), polled.size(), &timeout, nullptr);
  for (std::size_t i = 0; i < watches.size(); ++i) watches[i].readable = found > 0 && polled[i].revents != 0;
}

Wake::Wake() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { CHECK(event_); }

void Wake::signal() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof(one));  // EAGAIN: it is signalled already
}

void Wake::clear() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(event_.get(), &count, sizeof(count));
}

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0) return std::nullopt;
  return pipe;
}

std::optional<std::size_t> read_some(int descriptor, std::span<std::byte> into) {
  const ssize_t got = ::read(descriptor, into.data(), into.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}
}  // namespace headroom::io
