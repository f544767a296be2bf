// The users of one thread, as decisions: who comes and goes, and whose task is due. Times are handed in; nothing is sent here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "base/time.h"
#include "workload/dispatch.h"
#include "workload/staircase.h"

namespace headroom::load {
/// All threads follow the same sequence of users (it is a pure function of the steps); thread t of n owns positions t, t+n, t+2n, …
/// of the stack of running users, so that no word between them is needed and the total is exact.
class Population {
 public:
  using UserId = std::uint32_t;  // of this thread; used again after release()

  Population(std::vector<workload::ClassShare> classes, int thread, int threads);

  /// From `now` on towards `users`, in batches at `spawn_rate` a second.
  void aim(int users, double spawn_rate, Instant now);
  struct Change {
    bool came = false;
    UserId user = 0;
    std::size_t user_class = 0;  // came only
  };
  /// The next user of this thread that comes or goes at or before `now`; the newest go first, as in Locust.
  [[nodiscard]] std::optional<Change> change(Instant now);
  /// The user that went has finished what it was doing; its id may be used again.
  void release(UserId user) { free_.push_back(user); }
  /// When the next batch is due, after the `now` of the last change(); nullopt when the goal is reached.
  [[nodiscard]] std::optional<Instant> next_change() const;
  /// Users of all threads, and of this one.
  [[nodiscard]] int all() const noexcept { return static_cast<int>(stack_.size()); }
  [[nodiscard]] int own() const noexcept { return own_; }

 private:
  struct Place {
    std::size_t user_class;
    UserId user;
  };
  [[nodiscard]] bool mine(std::size_t position) const { return position % threads_ == thread_; }

  workload::UserDispatch dispatch_;
  std::size_t thread_;
  std::size_t threads_;
  std::vector<Place> stack_;
  std::vector<UserId> free_;
  UserId ids_ = 0;
  int own_ = 0;
  int goal_ = 0;
  Instant began_;
  Instant asked_;
  workload::Staircase stairs_{0, 0, 1};
  bool exhausted_ = false;  // no class may have a further user
};

/// Which user is due when: a heap, because waits end in another order than they began.
class WaitingUsers {
 public:
  void add(Instant when, Population::UserId user, std::uint32_t life) { heap_.push({when, user, life}); }
  [[nodiscard]] std::optional<Instant> next() const { return heap_.empty() ? std::nullopt : std::optional(heap_.top().when); }
  struct Due {
    Instant when;
    Population::UserId user;
    std::uint32_t life;  // tells a user from an earlier one with the same id
    bool operator>(const Due& other) const { return when > other.when; }
  };
  /// The first that is due at `now`, removed.
  [[nodiscard]] std::optional<Due> take(Instant now) {
    if (heap_.empty() || heap_.top().when > now) return std::nullopt;
    const Due due = heap_.top();
    heap_.pop();
    return due;
  }

 private:
  std::priority_queue<Due, std::vector<Due>, std::greater<>> heap_;
};
}  // namespace headroom::load
