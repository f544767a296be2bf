// The kernels of grove_top.h for one width of registers. Included by a file for each instruction set, compiled for it: nothing here may be
// shared with other files, or the linker could give them code that their processor does not have.
#pragma once
#include "model/grove_top.h"

namespace headroom::model {
namespace {
/// T: what is compared, and what paths are stored as; bytes: of a register.
template <class T, unsigned bytes>
class TopKernel {
 public:
  static void run(const T* thresholds, const std::uint16_t* features, const T* columns, T* paths) noexcept {
    for (unsigned first = 0; first < 64; first += kLanes) TopKernel(thresholds, features, columns + first).walk(paths + first);
  }

 private:
  static constexpr unsigned kLanes = bytes / sizeof(T);
  typedef T Values __attribute__((vector_size(bytes)));

  TopKernel(const T* thresholds, const std::uint16_t* features, const T* columns) noexcept : thresholds_(thresholds), features_(features), columns_(columns) {}

  void walk(T* paths) noexcept {
    went_[0] = right<0, 0>(0);
    went_[1] = right<1, 0>(0);
    went_[2] = right<2, 0>(0);
    went_[3] = right<3, 0>(0);
    if constexpr (kTopLevels<T> > 4) went_[4] = right<4, 0>(0);
    if constexpr (kTopLevels<T> > 5) went_[5] = right<5, 0>(0);
    Values path = -went_[0];   // true is −1
    for (unsigned level = 1; level < kTopLevels<T>; ++level) path = path + path - went_[level];
    __builtin_memcpy(paths, &path, bytes);
  }

  /// Whether rows go right at `depth`, given that the first `known` decisions led to the known-th level's node `prefix`.
  template <unsigned depth, unsigned known>
  [[nodiscard]] Values right(unsigned prefix) const noexcept {
    if constexpr (depth == known) {
      const unsigned node = (1U << depth) - 1 + prefix;
      Values values;
      __builtin_memcpy(&values, columns_ + features_[node] * 64U, bytes);
      return values > thresholds_[node];
    } else {
      const Values left_side = right<depth, known + 1>(2 * prefix);
      const Values right_side = right<depth, known + 1>(2 * prefix + 1);
      return went_[known] ? right_side : left_side;
    }
  }

  const T* thresholds_;
  const std::uint16_t* features_;
  const T* columns_;
  Values went_[kTopLevels<T>];
};

template <unsigned bytes>
constexpr TopKernels kernels_of(const char* name) {
  return {name, TopKernel<std::int8_t, bytes>::run, TopKernel<std::int16_t, bytes>::run, TopKernel<std::int32_t, bytes>::run};
}
}  // namespace
}  // namespace headroom::model
