// Numpy's broadcasting of up to three tensors, as runs along the last axis.
#pragma once
#include <array>

#include "model/tensor.h"

namespace headroom::model {
class Broadcast {
 public:
  static constexpr std::size_t kMaxRank = 8, kMost = 3;
  using Steps = std::array<std::size_t, kMost>;

  /// The common shape of the operands goes to `shape`; false if they have none.
  [[nodiscard]] bool plan(std::span<const Tensor* const> operands, Shape& shape) noexcept;

  /// Calls use(out, at, step, count) for each run: `count` values from out[0] on; operand k's stand at at[k], at[k] + step[k], …
  template <class Use>
  void each_run(const Use& use) const noexcept {
    std::array<std::size_t, kMaxRank> index{};
    Steps at{};
    std::size_t out = 0;
    for (std::size_t run = 0; run < runs_; ++run, out += run_) {
      use(out, at, step_, run_);
      for (std::size_t axis = outer_; axis-- > 0;) {
        ++index[axis];
        for (std::size_t k = 0; k < kMost; ++k) at[k] += strides_[k][axis];
        if (index[axis] < sizes_[axis]) break;
        for (std::size_t k = 0; k < kMost; ++k) at[k] -= strides_[k][axis] * sizes_[axis];
        index[axis] = 0;
      }
    }
  }

 private:
  std::size_t outer_ = 0, runs_ = 0, run_ = 0;
  std::array<std::size_t, kMaxRank> sizes_{};
  std::array<std::array<std::size_t, kMaxRank>, kMost> strides_{};
  Steps step_{};
};
}  // namespace headroom::model
