// ONNX's operators that go along axes: reductions, arg max, top k, softmax, running sums.
#pragma once
#include <optional>

#include "model/tensor.h"

namespace headroom::model {
enum class ReduceOp : std::uint8_t { sum, mean, max, min, prod, l1, l2, sum_square, log_sum, log_sum_exp };

struct ReduceSpec {
  ReduceOp op = ReduceOp::sum;
  std::vector<std::int64_t> axes;   // where no second input gives them; none: all
  bool keep = true;                 // reduced axes stay with the size 1
  bool none_is_identity = false;    // no axes: x itself
};
/// x, axes (optional). Sums are kept in double and rounded once to the type of x; sums of integers wrap.
[[nodiscard]] Kernel reduce_kernel(ReduceSpec spec);

struct ArgSpec {
  std::int64_t axis = 0;
  bool keep = true;
  bool is_min = false;
  bool last = false;   // of equal ones the last
};
/// i64 positions of the largest (or smallest) values; a NaN is never larger than what stands before it.
[[nodiscard]] Kernel arg_kernel(ArgSpec spec);

struct TopSpec {
  std::int64_t axis = -1;
  bool largest = true;
  std::optional<std::int64_t> count;   // else the second input
};
/// x, k (optional) → values, i64 positions; sorted, of equal ones the first; NaN stands behind all others.
[[nodiscard]] Kernel top_kernel(TopSpec spec);

/// flattens: up to opset 12, where all axes from `axis` on are one.
[[nodiscard]] Kernel softmax_kernel(std::int64_t axis, bool flattens, bool is_log);

/// x, axis (a constant scalar).
[[nodiscard]] Kernel running_sum_kernel(bool exclusive, bool reverse);

/// ONNX-ML's Normalizer over the rows: float32.
enum class Norm : std::uint8_t { max, l1, l2 };
[[nodiscard]] Kernel normalizer_kernel(Norm norm);
/// LpNormalization: x / its L1 or L2 norm along an axis; 0 where that is 0.
[[nodiscard]] Kernel lp_normalization_kernel(std::int64_t axis, bool is_l1);
}  // namespace headroom::model
