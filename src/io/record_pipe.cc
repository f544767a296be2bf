#include "io/record_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "io/clock.h"

namespace headroom::io {
RecordPipe::RecordPipe(int descriptor, const std::string& replica) : descriptor_(descriptor) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  telemetry::append_frame(waiting_, telemetry::StreamHello{replica});
}

void RecordPipe::add(const telemetry::RequestRecord& record) {
  if (broken_ || waiting_.size() - sent_ > kMostWaiting) {
    ++dropped_;
    return;
  }
  telemetry::append_frame(waiting_, record);
}

void RecordPipe::add(const telemetry::RouteSecond& second) {
  // Four times the limit: a reader that has been away for minutes.
  if (!broken_ && waiting_.size() - sent_ < 4 * kMostWaiting) telemetry::append_frame(waiting_, second);
}

void RecordPipe::note_drops() {
  const auto all = lost_before_ + dropped_;
  if (all == told_ || broken_) return;
  told_ = all;
  telemetry::append_frame(waiting_, telemetry::StreamDrops{all});
}

void RecordPipe::flush() {
  note_drops();
  while (sent_ < waiting_.size() && !broken_) {
    const ssize_t n = ::write(descriptor_, waiting_.data() + sent_, waiting_.size() - sent_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) broken_ = true;
    else sent_ += static_cast<std::size_t>(n);
  }
  waiting_.clear();
  sent_ = 0;
}

void RecordPipe::finish(int patience_ms) {
  const Instant end = now() + std::chrono::milliseconds(patience_ms);
  for (flush(); !waiting_.empty() && now() < end; flush()) {
    pollfd writable{descriptor_, POLLOUT, 0};
    ::poll(&writable, 1, 20);
  }
}
}  // namespace headroom::io
