// A queue from any threads to one.
#pragma once
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "base/time.h"

namespace headroom::io {
/// Unbounded: whoever posts does so a bounded number of times a second.
template <class T>
class Mailbox {
 public:
  void put(T value) {
    {
      const std::lock_guard lock(mutex_);
      values_.push_back(std::move(value));
    }
    arrived_.notify_one();
  }
  /// All that has come, after waiting at most `longest` for the first.
  [[nodiscard]] std::vector<T> take(Duration longest) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, longest, [this] { return !values_.empty(); });
    return std::exchange(values_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<T> values_;
};
}  // namespace headroom::io
