#include "model/tensor_program.h"

namespace headroom::model {
Trouble TensorProgram::run(TensorScratch& scratch, std::size_t* failed) const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    scratch.in.clear();
    scratch.out.clear();
    for (const auto index : step.in) scratch.in.push_back(index < 0 ? nullptr : &value(scratch, static_cast<std::uint32_t>(index)));
    for (const auto index : step.out) scratch.out.push_back(index < 0 ? nullptr : &slot(scratch, static_cast<std::uint32_t>(index)));
    if (const auto trouble = step.run(Call{scratch.in, scratch.out, scratch})) {
      if (failed != nullptr) *failed = i;
      return trouble;
    }
  }
  return kFine;
}

std::size_t TensorProgram::bytes() const noexcept {
  std::size_t bytes = sizeof *this;
  for (const Tensor& tensor : constants) bytes += sizeof tensor + tensor.count() * (tensor.element == Element::text ? 32 : 8);
  for (const Step& step : steps) bytes += sizeof step + (step.in.size() + step.out.size()) * 4 + step.place.size();
  return bytes;
}
}  // namespace headroom::model
