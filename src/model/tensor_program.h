// An ONNX graph as it runs: steps, one kernel each.
#pragma once
#include "model/tensor.h"

namespace headroom::model {
/// A program in the order in which it runs. Slots [0, constants.size()) are the constants.
struct TensorProgram {
  struct Step {
    Kernel run;
    std::vector<std::int32_t> in, out;   // slots; −1: left out
    std::string place;                   // "graph.node[3] (TopK)"
  };
  std::vector<Tensor> constants;
  std::size_t slots = 0;                 // all of them
  std::vector<Step> steps;
  std::vector<std::uint32_t> inputs, outputs;

  /// A run's tensor; for inputs before run(), for all others after it.
  [[nodiscard]] Tensor& slot(TensorScratch& scratch, std::uint32_t index) const noexcept { return scratch.slots[index - constants.size()]; }
  [[nodiscard]] const Tensor& value(const TensorScratch& scratch, std::uint32_t index) const noexcept { return index < constants.size() ? constants[index] : scratch.slots[index - constants.size()]; }
  /// Makes the slots; before inputs are filled in.
  void prepare(TensorScratch& scratch) const { scratch.slots.resize(slots - constants.size()); }
  /// failed: the step that could not run, if the result is a trouble.
  Trouble run(TensorScratch& scratch, std::size_t* failed = nullptr) const;
  [[nodiscard]] std::size_t bytes() const noexcept;
};
}  // namespace headroom::model
