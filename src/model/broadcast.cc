#include "model/broadcast.h"

#include <algorithm>

namespace headroom::model {
bool Broadcast::plan(std::span<const Tensor* const> operands, Shape& shape) noexcept {
  std::size_t rank = 0;
  for (const Tensor* one : operands) rank = std::max(rank, one->rank());
  if (rank > kMaxRank || operands.size() > kMost) return false;
  shape.assign(rank, 1);
  for (const Tensor* one : operands) {
    const std::size_t behind = rank - one->rank();
    for (std::size_t axis = 0; axis < one->rank(); ++axis) {
      auto& size = shape[behind + axis];
      if (one->shape[axis] == size || one->shape[axis] == 1) continue;
      if (size != 1) return false;
      size = one->shape[axis];
    }
  }
  for (auto& strides : strides_) strides.fill(0);
  step_.fill(0);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const Tensor& one = *operands[k];
    std::size_t stride = 1;
    for (std::size_t axis = one.rank(); axis-- > 0;) {
      if (one.shape[axis] != 1) strides_[k][rank - one.rank() + axis] = stride;
      stride *= static_cast<std::size_t>(one.shape[axis]);
    }
  }
  // The last axes that all operands walk through evenly are one run.
  std::size_t last = rank;
  run_ = 1;
  const auto joins = [&](std::size_t axis) {
    if (last == rank) return true;
    for (std::size_t k = 0; k < kMost; ++k) {
      if (strides_[k][axis] != step_[k] * run_) return false;
    }
    return true;
  };
  while (last > 0 && joins(last - 1)) {
    --last;
    if (run_ == 1) {
      for (std::size_t k = 0; k < kMost; ++k) step_[k] = strides_[k][last];
    }
    run_ *= static_cast<std::size_t>(shape[last]);
    if (run_ == 0) break;
  }
  outer_ = last;
  runs_ = run_ == 0 ? 0 : 1;
  for (std::size_t axis = 0; axis < outer_; ++axis) {
    sizes_[axis] = static_cast<std::size_t>(shape[axis]);
    runs_ *= sizes_[axis];
  }
  return true;
}
}  // namespace headroom::model
