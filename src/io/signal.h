// Signals as something a loop reads. Blocks them for the process, so it must run before any thread is started.
#pragma once
#include <initializer_list>
#include <optional>

#include "io/fd.h"

namespace headroom::io {
/// The signals come from this descriptor instead of interrupting anybody. SIGPIPE is ignored besides.
class SignalQueue {
 public:
  explicit SignalQueue(std::initializer_list<int> signals);
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// The next signal's number; nullopt when none waits.
  [[nodiscard]] std::optional<int> next();

 private:
  Fd fd_;
};
}  // namespace headroom::io
