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
}  // namespace headroom::model
