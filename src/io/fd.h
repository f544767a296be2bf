#pragma once
#include <unistd.h>

#include <utility>

namespace headroom::io {
/// Owns one file descriptor and closes it once.
class Fd {
 public:
  explicit Fd(int raw = -1) noexcept : raw_(raw) {}
  Fd(Fd&& other) noexcept : raw_(std::exchange(other.raw_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Fd() {
    if (raw_ >= 0) ::close(raw_);
  }
  [[nodiscard]] int get() const noexcept { return raw_; }
  [[nodiscard]] explicit operator bool() const noexcept { return raw_ >= 0; }
  /// Gives the descriptor away; the caller closes it.
  [[nodiscard]] int release() noexcept { return std::exchange(raw_, -1); }

 private:
  int raw_;
};
}  // namespace headroom::io
