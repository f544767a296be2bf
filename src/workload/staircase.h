// How users come and go on the way to a new number of them: Locust's staircase.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/time.h"

namespace headroom::workload {
/// From one number of users to another: batches of max(1, floor(rate)) users, batch / rate seconds apart, the first at once.
/// 10 users/s → ten at once each second; 2.5 → two each 0.8 s; 0.5 → one each 2 s. Down at the same pace.
/// Source: locust/dispatch.py, UsersDispatcher.new_dispatch.
class Staircase {
 public:
  /// rate: users a second, > 0.
  Staircase(int from, int to, double rate)
      : from_(from), to_(to), batch_(static_cast<int>(std::clamp(std::floor(rate), 1.0, 1e9))), interval_(from_seconds(batch_ / rate)) {}

  /// Users that should run `elapsed` after the start; elapsed >= 0.
  [[nodiscard]] int users_at(Duration elapsed) const {
    if (interval_ <= Duration::zero()) return to_;
    const std::int64_t steps = elapsed / interval_ + 1;
    const std::int64_t moved = std::min<std::int64_t>(steps * batch_, std::abs(std::int64_t{to_} - from_));
    return static_cast<int>(to_ >= from_ ? from_ + moved : from_ - moved);
  }
  /// When the last batch comes, after the start; 0 when one is enough.
  [[nodiscard]] Duration length() const {
    const std::int64_t change = std::abs(std::int64_t{to_} - from_);
    return change <= batch_ ? Duration::zero() : interval_ * ((change - 1) / batch_);
  }
  /// The first batch after `elapsed`, or length() if there is none.
  [[nodiscard]] Duration next_after(Duration elapsed) const {
    return interval_ <= Duration::zero() ? Duration::zero() : std::min(length(), interval_ * (elapsed / interval_ + 1));
  }

 private:
  int from_;
  int to_;
  int batch_;
  Duration interval_;
};

/// From the last user's start until a step counts as steady: a tenth of what is left of the step, within 1 s … 10 s, but at most a
/// quarter of what is left. Users that came late have then waited and asked about once, and the server has seen its new load.
[[nodiscard]] constexpr Duration settling_time(Duration left) {
  using std::chrono::seconds;
  return std::min(std::clamp<Duration>(left / 10, seconds(1), seconds(10)), left / 4);
}
}  // namespace headroom::workload
