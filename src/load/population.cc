#include "load/population.h"

#include <algorithm>

namespace headroom::load {
Population::Population(std::vector<workload::ClassShare> classes, int thread, int threads)
    : dispatch_(std::move(classes)), thread_(static_cast<std::size_t>(thread)), threads_(static_cast<std::size_t>(threads)) {}

void Population::aim(int users, double spawn_rate, Instant now) {
  stairs_ = workload::Staircase(all(), users, spawn_rate);
  goal_ = users;
  began_ = now;
  exhausted_ = false;
}

std::optional<Population::Change> Population::change(Instant now) {
  asked_ = now;
  if (now < began_) return std::nullopt;
  const int wanted = stairs_.users_at(now - began_);
  while (all() < wanted && goal_ >= all() && !exhausted_) {
    const auto user_class = dispatch_.next();
    if (!user_class) {
      exhausted_ = true;
      break;
    }
    const std::size_t position = stack_.size();
    stack_.push_back({*user_class, 0});
    if (!mine(position)) continue;
    UserId id = ids_;
    if (free_.empty()) {
      ++ids_;
    } else {
      id = free_.back();
      free_.pop_back();
    }
    stack_.back().user = id;
    ++own_;
    return Change{true, id, *user_class};
  }
  while (all() > wanted && goal_ < all()) {
    const Place gone = stack_.back();
    stack_.pop_back();
    dispatch_.removed(gone.user_class);
    if (!mine(stack_.size())) continue;
    --own_;
    return Change{false, gone.user, gone.user_class};
  }
  return std::nullopt;
}

std::optional<Instant> Population::next_change() const {
  if (all() == goal_ || exhausted_) return std::nullopt;
  return asked_ < began_ ? began_ : began_ + stairs_.next_after(asked_ - began_);
}
}  // namespace headroom::load
