#include "model/tensor.h"

namespace headroom::model {
std::size_t Tensor::count() const noexcept { return count(0, shape.size()); }

std::size_t Tensor::count(std::size_t first, std::size_t last) const noexcept {
  std::size_t product = 1;
  for (std::size_t i = first; i < last; ++i) product *= static_cast<std::size_t>(shape[i]);
  return product;
}

bool Call::reserve(std::size_t k, const Shape& shape, Element element) const {
  if (k >= out.size() || out[k] == nullptr) return false;
  constexpr std::size_t kMaxRank = 8;
  if (shape.size() > kMaxRank) return false;
  std::uint64_t values = 1;
  for (const auto size : shape) {
    if (size < 0 || static_cast<std::uint64_t>(size) > kMostValues) return false;
    values *= static_cast<std::uint64_t>(size);
    if (values > kMostValues) return false;
  }
  if (values > scratch.values_left) return false;
  scratch.values_left -= values;
  out[k]->element = element;
  out[k]->shape = shape;
  return true;
}

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
