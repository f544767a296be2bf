// Numbers as their places among the thresholds that they meet. A comparison of codes is the comparison of the numbers, to the last bit.
#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace headroom::model {
/// Number: float or double. Code: unsigned. Of each input the distinct thresholds, in order: a threshold's code is 1 + its place, a value's
/// 1 + how many thresholds are below it; so value ≤ threshold exactly when code(value) ≤ code(threshold). NaN as a threshold lets nothing go
/// left: 0. NaN as a value goes right of all: it has the largest code.
template <class Number, class Code>
class Codes {
 public:
  static constexpr std::size_t kMost = std::numeric_limits<Code>::max() - 1;   // thresholds of an input

  Codes() = default;
  /// thresholds: of each input, in any order, repeated or not, NaN among them or not. `fits` says whether a Code can count them, and whether
  /// they are alike enough in number for the search, which takes the room of eight times the largest of eight inputs.
  explicit Codes(std::vector<std::vector<Number>> thresholds) : width_(thresholds.size()) {
    for (auto& of_input : thresholds) {
      std::erase_if(of_input, [](Number value) { return std::isnan(value); });
      std::ranges::sort(of_input);
      of_input.erase(std::unique(of_input.begin(), of_input.end()), of_input.end());
      fits_ = fits_ && of_input.size() <= kMost;
    }
    thresholds.resize((width_ + kTogether - 1) / kTogether * kTogether);
    std::size_t all = kSpare;
    for (const auto& of_input : thresholds) all += of_input.size();
    for (std::size_t first = 0; fits_ && first < thresholds.size(); first += kTogether) {
      add_group(thresholds, first);
      fits_ = edges_.size() <= kMostRoom * all;
    }
  }
  [[nodiscard]] bool fits() const noexcept { return fits_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return edges_.size() * sizeof(Number); }

  /// Of one of the input's thresholds.
  [[nodiscard]] Code of_threshold(std::size_t input, Number threshold) const noexcept {
    if (std::isnan(threshold)) return Code{0};
    const Group& group = groups_[input / kTogether];
    const Number* const edges = edges_.data() + group.first + input % kTogether * group.size;
    const Number* at = edges;   // without a branch on what it compares, as `encode`: models have millions of thresholds
    for (std::size_t step = group.size / 2; step > 0; step /= 2) {
      const Number* const above = at + step;
      at = above[-1] < threshold ? above : at;
    }
    return static_cast<Code>(1 + (at - edges));
  }
  /// inputs, out: one an input. Several searches at once, none of them with a branch on what it compares.
  void encode(const Number* inputs, Code* out) const noexcept {
    std::size_t j = 0;
    for (const Group& group : groups_) {
      const std::size_t count = std::min(kTogether, width_ - j);
      Number values[kTogether];
      for (std::size_t k = 0; k < kTogether; ++k) values[k] = inputs[j + std::min(k, count - 1)];
      const Number* at[kTogether];
      for (std::size_t k = 0; k < kTogether; ++k) at[k] = edges_.data() + group.first + k * group.size;
      for (std::size_t step = group.size / 2; step > 0; step /= 2) {
#pragma GCC unroll 8
        for (std::size_t k = 0; k < kTogether; ++k) {
          const Number* const above = at[k] + step;
          at[k] = above[-1] < values[k] ? above : at[k];
        }
      }
      for (std::size_t k = 0; k < count; ++k) {
        const auto below = static_cast<std::size_t>(at[k] - (edges_.data() + group.first + k * group.size));
        out[j + k] = std::isnan(values[k]) ? std::numeric_limits<Code>::max() : static_cast<Code>(1 + below);
      }
      j += count;
    }
  }

 private:
  static constexpr std::size_t kTogether = 8;
  static constexpr std::size_t kMostRoom = 4, kSpare = 4096;   // edges for each threshold, so that a strange model does not take many times its size
  struct Group {
    std::size_t first;     // of its edges
    std::uint32_t size;    // edges of each of its inputs: a power of two, more than any of them has, filled up with infinity
  };
  void add_group(const std::vector<std::vector<Number>>& thresholds, std::size_t first) {
    std::size_t most = 0;
    for (std::size_t k = 0; k < kTogether; ++k) most = std::max(most, thresholds[first + k].size());
    const std::size_t size = std::bit_ceil(most + 1);
    groups_.push_back({edges_.size(), static_cast<std::uint32_t>(size)});
    for (std::size_t k = 0; k < kTogether; ++k) {
      const auto& edges = thresholds[first + k];
      edges_.insert(edges_.end(), edges.begin(), edges.end());
      edges_.insert(edges_.end(), size - edges.size(), std::numeric_limits<Number>::infinity());
    }
  }

  std::size_t width_ = 0;
  std::vector<Group> groups_;
  std::vector<Number> edges_;
  bool fits_ = true;
};
}  // namespace headroom::model
