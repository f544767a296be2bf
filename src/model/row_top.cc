#include "model/row_top.h"

#include "base/check.h"

namespace headroom::model {
#if defined(__x86_64__)
extern RowTops::Run row_tops_avx2(std::size_t n_inputs) noexcept;   // row_top_avx2.cc
#endif

namespace {
/// Where the i-th node in heap order stands.
std::size_t position(std::size_t i) {
  if (i < 7) return 8 * i + 7;
  std::size_t level = 3, first = 7;   // of the node, and the level's first node
  while (i >= 2 * first + 1) {
    first = 2 * first + 1;
    ++level;
  }
  const std::size_t below = level - 3;                 // levels under the small tree's root
  const std::size_t subtree = (i - first) >> below;
  const std::size_t in_level = (i - first) & ((std::size_t{1} << below) - 1);
  return 8 * subtree + ((std::size_t{1} << below) - 1) + in_level;
}
}  // namespace

bool RowTops::available() noexcept {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
#else
  return false;
#endif
}

RowTops::RowTops(std::size_t n_inputs) {
  CHECK(n_inputs <= kMostInputs && available());
#if defined(__x86_64__)
  run_ = row_tops_avx2(n_inputs);
#endif
}

void RowTops::add(std::span<const std::int8_t, kNodes> thresholds, std::span<const std::uint8_t, kNodes> inputs) {
  Tree tree{};
  for (std::size_t i = 0; i < kNodes; ++i) {
    tree.input[position(i)] = inputs[i];
    tree.threshold[position(i)] = thresholds[i];
  }
  trees_.push_back(tree);
}
}  // namespace headroom::model
