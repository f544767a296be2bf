#include "model/numpy_partition.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace headroom::model {
namespace {
/// The order of numpy's sorts: NaN behind everything, and NaNs equal.
bool is_less(double a, double b) noexcept { return a < b || (std::isnan(b) && !std::isnan(a)); }

/// Indexes into values, swapped until those of the smallest stand in front. All positions are relative to `order`.
class Introselect {
 public:
  Introselect(std::span<const double> values, std::span<std::uint32_t> order) : values_(values), order_(order) {}
  void select(std::size_t kth) noexcept;

 private:
  [[nodiscard]] double at(std::size_t i) const noexcept { return values_[order_[i]]; }
  [[nodiscard]] bool less(std::size_t i, std::size_t j) const noexcept { return is_less(at(i), at(j)); }
  void swap(std::size_t i, std::size_t j) noexcept { std::swap(order_[i], order_[j]); }
  void swap_if_less(std::size_t i, std::size_t j) noexcept {
    if (less(i, j)) swap(i, j);
  }
  void take_smallest(std::size_t kth) noexcept;
  void take_largest() noexcept;
  void median_of_three(std::size_t low, std::size_t high) noexcept;
  std::size_t median_of_five() noexcept;
  std::size_t median_of_medians() noexcept;
  void split(double pivot, std::size_t& left, std::size_t& right) const noexcept;

  std::span<const double> values_;
  std::span<std::uint32_t> order_;
};

/// The first kth + 1, one after the other.
void Introselect::take_smallest(std::size_t kth) noexcept {
  for (std::size_t i = 0; i <= kth; ++i) {
    std::size_t smallest = i;
    for (std::size_t j = i + 1; j < order_.size(); ++j) {
      if (less(j, smallest)) smallest = j;
    }
    swap(i, smallest);
  }
}

void Introselect::take_largest() noexcept {
  std::size_t largest = 0;
  for (std::size_t j = 1; j < order_.size(); ++j) {
    if (!less(j, largest)) largest = j;
  }
  swap(order_.size() - 1, largest);
}

/// The median of the first, the middle and the last goes to low, the smallest to low + 1.
void Introselect::median_of_three(std::size_t low, std::size_t high) noexcept {
  const std::size_t middle = low + (high - low) / 2;
  swap_if_less(high, middle);
  swap_if_less(high, low);
  swap_if_less(low, middle);
  swap(middle, low + 1);
}

std::size_t Introselect::median_of_five() noexcept {
  swap_if_less(1, 0);
  swap_if_less(4, 3);
  swap_if_less(3, 0);
  swap_if_less(4, 1);
  swap_if_less(2, 1);
  if (!less(3, 2)) return 2;
  return less(3, 1) ? 1 : 3;
}

std::size_t Introselect::median_of_medians() noexcept {
  const std::size_t medians = order_.size() / 5;
  for (std::size_t i = 0; i < medians; ++i) swap(i * 5 + Introselect(values_, order_.subspan(i * 5, 5)).median_of_five(), i);
  if (medians > 2) Introselect(values_, order_.first(medians)).select(medians / 2);
  return medians / 2;
}

/// Swaps what is not less than pivot behind what is not more, between left and right, at both of which a search is sure to stop.
void Introselect::split(double pivot, std::size_t& left, std::size_t& right) const noexcept {
  for (;;) {
    do { ++left; } while (is_less(at(left), pivot));
    do { --right; } while (is_less(pivot, at(right)));
    if (right < left) return;
    std::swap(order_[left], order_[right]);
  }
}

void Introselect::select(std::size_t kth) noexcept {
  if (kth < 3) return take_smallest(kth);
  if (kth == order_.size() - 1) return take_largest();
  std::size_t low = 0;
  std::size_t high = order_.size() - 1;
  auto depth_left = static_cast<int>(std::bit_width(order_.size()) - 1) * 2;
  while (low + 1 < high) {
    std::size_t left = low + 1;
    std::size_t right = high;
    if (depth_left > 0 || right - left < 5) {
      median_of_three(low, high);
    } else {   // so that no order of values takes quadratic time
      swap(left + Introselect(values_, order_.subspan(left, right - left)).median_of_medians(), low);
      --left;
      ++right;
    }
    --depth_left;
    split(at(low), left, right);
    swap(low, right);
    if (right >= kth) high = right - 1;
    if (right <= kth) low = left;
  }
  if (high == low + 1) swap_if_less(high, low);
}
}  // namespace

void argpartition(std::span<const double> values, std::size_t k, std::span<std::uint32_t> order, Partition how) noexcept {
  CHECK(k > 0 && k <= values.size() && order.size() == values.size());
  std::iota(order.begin(), order.end(), 0U);
  if (how == Partition::introselect) return Introselect(values, order).select(k - 1);
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(k);
  if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) {
    std::nth_element(order.begin(), end - 1, order.end(), [&](std::uint32_t i, std::uint32_t j) { return is_less(values[i], values[j]); });
  } else {
    std::partial_sort(order.begin(), end, order.end(), [&](std::uint32_t i, std::uint32_t j) { return values[i] != values[j] ? values[i] < values[j] : i < j; });
  }
}
}  // namespace headroom::model
