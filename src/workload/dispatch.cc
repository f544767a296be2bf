#include "workload/dispatch.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace headroom::workload {
namespace {
// How much the divergence falls when a class of this weight, counted as x, gets one more user.
double divergence(double weight, double x) { return weight * std::log2(x / (x + 1.0)); }
}  // namespace

UserDispatch::UserDispatch(std::vector<ClassShare> classes) : classes_(std::move(classes)), running_(classes_.size(), 0) {
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const double weight = classes_[i].weight;
    if (classes_[i].fixed_count == 0 && weight > 0) weighted_.push_back({divergence(weight, weight), weight + 1, weight, i});
  }
}

bool UserDispatch::before(const Entry& a, const Entry& b) const {
  return std::tie(a.divergence, a.x, a.weight, classes_[a.index].name) < std::tie(b.divergence, b.x, b.weight, classes_[b.index].name);
}

// Few classes: a scan is as good as a heap, and finds the same smallest entry.
std::size_t UserDispatch::take(std::vector<Entry>& entries) const {
  auto best = std::min_element(entries.begin(), entries.end(), [this](const Entry& a, const Entry& b) { return before(a, b); });
  best->divergence = divergence(best->weight, best->x);
  best->x += 1;
  return best->index;
}

void UserDispatch::queue_missing() {
  std::vector<Entry> entries;
  int total = 0;
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const int miss = classes_[i].fixed_count - running_[i];
    if (classes_[i].fixed_count == 0 || miss <= 0) continue;
    const double weight = miss;
    entries.push_back({divergence(weight, weight), weight + 1, weight, i});
    total += miss;
  }
  for (int i = 0; i < total; ++i) missing_.push_back(take(entries));
  std::reverse(missing_.begin(), missing_.end());
}

std::optional<std::size_t> UserDispatch::next() {
  if (check_fixed_) {
    check_fixed_ = false;
    missing_.clear();
    queue_missing();
  }
  std::size_t chosen = 0;
  if (!missing_.empty()) {
    chosen = missing_.back();
    missing_.pop_back();
  } else if (!weighted_.empty()) {
    chosen = take(weighted_);
  } else {
    return std::nullopt;
  }
  ++running_[chosen];
  return chosen;
}

void UserDispatch::removed(std::size_t index) {
  --running_[index];
  check_fixed_ = true;
}
}  // namespace headroom::workload
