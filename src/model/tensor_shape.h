// ONNX's operators that move values about without computing: shapes, slices, gathering.
#pragma once
#include <optional>

#include "model/tensor.h"

namespace headroom::model {

/// x, shape (i64): 0 copies a dimension of x (unless keeps_zero), −1 is what is left.
[[nodiscard]] Kernel reshape_kernel(std::optional<Shape> fixed, bool keeps_zero);
[[nodiscard]] Kernel flatten_kernel(std::int64_t axis);
/// No axes: all of size 1.
[[nodiscard]] Kernel squeeze_kernel(std::optional<Shape> fixed);
[[nodiscard]] Kernel unsqueeze_kernel(std::optional<Shape> fixed);
[[nodiscard]] Kernel identity_kernel();
/// No order: reversed.
[[nodiscard]] Kernel transpose_kernel(Shape order);
[[nodiscard]] Kernel shape_kernel(std::int64_t start, std::optional<std::int64_t> end);
/// shape (i64) → that, filled with the one value of `value`.
[[nodiscard]] Kernel constant_of_shape_kernel(Tensor value);
/// x, shape: numpy's broadcast_to, both ways.
[[nodiscard]] Kernel expand_kernel();
/// x, repeats.
[[nodiscard]] Kernel tile_kernel();
[[nodiscard]] Kernel concat_kernel(std::int64_t axis);
/// sizes: of the parts; without them parts of one size.
[[nodiscard]] Kernel split_kernel(std::int64_t axis, std::optional<Shape> sizes);

struct SliceSpec {
  std::optional<Shape> starts, ends, axes;   // up to opset 9; later inputs 1 to 4, the last two optional
};
[[nodiscard]] Kernel slice_kernel(SliceSpec spec);

/// x, indices (i64 or i32). An index out of range is a trouble of the row's values.
[[nodiscard]] Kernel gather_kernel(std::int64_t axis);
[[nodiscard]] Kernel gather_elements_kernel(std::int64_t axis);
/// ONNX-ML's ArrayFeatureExtractor: columns of x by index; of a vector x a matrix of one row.
[[nodiscard]] Kernel feature_extractor_kernel();
}  // namespace headroom::model
