// ONNX's Scan: a program run once for each slice of a tensor.
#pragma once
#include "model/tensor_program.h"

namespace headroom::model {
struct ScanSpec {
  TensorProgram body;              // inputs: states, a slice of each scanned tensor, then values of the graph around it
  std::size_t states = 0;          // outputs: states, then one slice for each scanned output
  std::size_t scanned = 1;
  std::vector<std::int64_t> axes;  // of the scanned inputs
};
/// Inputs: states, scanned tensors, values of the graph around it. Outputs: the last states; slices joined along a new first axis.
[[nodiscard]] Kernel scan_kernel(ScanSpec spec);

/// Slice `at` along an axis, which leaves the shape.
void copy_slice(const Tensor& from, std::size_t axis, std::size_t at, Tensor& to);
}  // namespace headroom::model
