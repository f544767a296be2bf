// A bounded queue between one producing and one consuming thread. A full ring drops and counts: the producer never waits.
#pragma once
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "base/check.h"

namespace headroom {
/// One thread calls push, one (other) thread calls pop; dropped() is for everyone.
template <class T>
class Ring {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// capacity: a power of two.
  explicit Ring(std::size_t capacity) : mask_(capacity - 1), slots_(new T[capacity]) { CHECK(std::has_single_bit(capacity)); }

  /// False, and counted as dropped, if the consumer is `capacity` items behind.
  bool push(const T& item) noexcept {
    const auto head = head_.load(std::memory_order_relaxed);
    if (head - tail_seen_ > mask_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head - tail_seen_ > mask_) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return false;
      }
    }
    slots_[head & mask_] = item;
    head_.store(head + 1, std::memory_order_release);
    return true;
  }
  /// False if there is nothing.
  bool pop(T& item) noexcept {
    const auto tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_.load(std::memory_order_acquire)) return false;
    item = slots_[tail & mask_];
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  const std::uint64_t mask_;
  const std::unique_ptr<T[]> slots_;
  alignas(64) std::atomic<std::uint64_t> head_{0};
  std::uint64_t tail_seen_ = 0;  // the producer's last look at tail_, so that it rarely touches the consumer's line
  std::atomic<std::uint64_t> dropped_{0};
  alignas(64) std::atomic<std::uint64_t> tail_{0};
};
}  // namespace headroom
