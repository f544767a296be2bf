// Signals as something a loop reads. Blocks them for the process, so it must run before any thread is started.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "io/fd.h"

namespace headroom::io {
enum class Signal : std::uint8_t { interrupt, terminate, hangup };

/// The signals come from this descriptor instead of interrupting anybody. SIGPIPE is ignored besides.
class SignalQueue {
 public:
  explicit SignalQueue(std::initializer_list<Signal> signals);
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// The next signal; nullopt when none waits.
  [[nodiscard]] std::optional<Signal> next();

 private:
  Fd fd_;
};
}  // namespace headroom::io
