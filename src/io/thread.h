// Threads and what they share. Rooms that run loops use these; rooms that decide use neither.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/time.h"

namespace headroom::io {
/// Runs `work` until it returns; the destructor waits for that. Movable, one owner. Telling it to end is the caller's matter.
/// Signals are blocked in it, so that they reach the main thread.
class Thread {
 public:
  Thread() = default;
  /// name: at most 15 letters, as top and debuggers show it.
  Thread(const std::string& name, std::function<void()> work);
  Thread(Thread&&) = default;
  Thread& operator=(Thread&& other) noexcept {
    join();
    thread_ = std::move(other.thread_);
    return *this;
  }
  ~Thread() { join(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
};

/// A value behind a lock: reachable only while the lock is held.
template <class T>
class Guarded {
 public:
  template <class Use>
  auto with(Use&& use) {
    const std::lock_guard lock(mutex_);
    return std::forward<Use>(use)(value_);
  }

 private:
  std::mutex mutex_;
  T value_{};
};

/// A value that is set once by one thread and waited for by another.
template <class T>
class Promise {
 public:
  void set(T value) {
    {
      const std::lock_guard lock(mutex_);
      value_ = std::move(value);
    }
    arrived_.notify_all();
  }
  [[nodiscard]] T wait() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return value_.has_value(); });
    return std::move(*value_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<T> value_;
};
}  // namespace headroom::io
