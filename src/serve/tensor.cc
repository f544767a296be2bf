#include "serve/tensor.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

namespace headroom::serve {
namespace {
struct TypeRow {
  std::string_view name;
  std::size_t size;
};
constexpr std::array<TypeRow, 13> kTypes{{{"BOOL", 1}, {"UINT8", 1}, {"UINT16", 2}, {"UINT32", 4}, {"UINT64", 8}, {"INT8", 1}, {"INT16", 2}, {"INT32", 4}, {"INT64", 8}, {"FP16", 2}, {"FP32", 4}, {"FP64", 8}, {"BYTES", 0}}};
constexpr std::size_t kLengthBytes = 4;

auto refuse(const Tensor& tensor, const std::string& what) { return unexpected(InferError{400, "input '" + std::string(tensor.name.substr(0, 80)) + "': " + what}); }

template <class Bits>
Bits bits_at(const char* at) noexcept {
  static_assert(std::endian::native == std::endian::little, "tensors are little-endian on the wire");
  Bits bits;
  std::memcpy(&bits, at, sizeof(bits));
  return bits;
}

double half(std::uint16_t bits) noexcept {
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  const int exponent = (bits >> 10U) & 0x1fU;
  const int fraction = bits & 0x3ffU;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 0x1f) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  return sign * std::ldexp(fraction + 0x400, exponent - 25);
}

template <class Element>
void spread(const char* raw, std::size_t count, double* out, std::size_t step) noexcept {
  for (std::size_t i = 0; i < count; ++i) out[i * step] = static_cast<double>(bits_at<Element>(raw + i * sizeof(Element)));
}

void read_raw(const Tensor& tensor, std::size_t count, double* out, std::size_t step) noexcept {
  const char* raw = tensor.raw.data();
  switch (tensor.type) {
    case TensorType::boolean:
      for (std::size_t i = 0; i < count; ++i) out[i * step] = raw[i] != 0 ? 1 : 0;
      return;
    case TensorType::u8: return spread<std::uint8_t>(raw, count, out, step);
    case TensorType::u16: return spread<std::uint16_t>(raw, count, out, step);
    case TensorType::u32: return spread<std::uint32_t>(raw, count, out, step);
    case TensorType::u64: return spread<std::uint64_t>(raw, count, out, step);
    case TensorType::i8: return spread<std::int8_t>(raw, count, out, step);
    case TensorType::i16: return spread<std::int16_t>(raw, count, out, step);
    case TensorType::i32: return spread<std::int32_t>(raw, count, out, step);
    case TensorType::i64: return spread<std::int64_t>(raw, count, out, step);
    case TensorType::f16:
      for (std::size_t i = 0; i < count; ++i) out[i * step] = half(bits_at<std::uint16_t>(raw + 2 * i));
      return;
    case TensorType::f32: return spread<float>(raw, count, out, step);
    case TensorType::f64: return spread<double>(raw, count, out, step);
    case TensorType::bytes: return;
  }
}
}  // namespace

std::string_view name_of(TensorType type) noexcept { return kTypes[static_cast<std::size_t>(type)].name; }
std::size_t size_of(TensorType type) noexcept { return kTypes[static_cast<std::size_t>(type)].size; }

std::optional<TensorType> tensor_type(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i].name == name) return static_cast<TensorType>(i);
  }
  return std::nullopt;
}

std::optional<std::size_t> Tensor::count(std::size_t most) const noexcept {
  std::size_t product = 1;
  bool is_empty = false;
  for (const auto size : shape) {
    if (size == 0) is_empty = true;
    if (size > most || (size > 0 && product > most / size)) return std::nullopt;
    if (size > 0) product *= static_cast<std::size_t>(size);
  }
  return is_empty ? 0 : product;
}

void Tensor::clear() noexcept {
  name = raw = {};
  shape.clear();
  numbers.clear();
  texts.clear();
  given = Given::raw;
}

expected<void, InferError> read_numbers(const Tensor& tensor, std::size_t count, double* out, std::size_t step) {
  if (tensor.type == TensorType::bytes) return refuse(tensor, "BYTES, where numbers are wanted");
  if (tensor.given == Tensor::Given::numbers) {
    if (tensor.numbers.size() != count) return refuse(tensor, std::to_string(tensor.numbers.size()) + " elements, but the shape asks for " + std::to_string(count));
    for (std::size_t i = 0; i < count; ++i) out[i * step] = tensor.numbers[i];
    return {};
  }
  if (tensor.given == Tensor::Given::texts) return refuse(tensor, "texts, where numbers are wanted");
  const std::size_t wanted = count * size_of(tensor.type);
  if (tensor.raw.size() != wanted) return refuse(tensor, std::to_string(tensor.raw.size()) + " bytes, but shape and datatype " + std::string(name_of(tensor.type)) + " ask for " + std::to_string(wanted));
  read_raw(tensor, count, out, step);
  return {};
}

expected<void, InferError> read_texts(const Tensor& tensor, std::size_t count, std::string_view* out, std::size_t step) {
  if (tensor.type != TensorType::bytes) return refuse(tensor, std::string(name_of(tensor.type)) + ", where texts (BYTES) are wanted");
  if (tensor.given == Tensor::Given::texts) {
    if (tensor.texts.size() != count) return refuse(tensor, std::to_string(tensor.texts.size()) + " elements, but the shape asks for " + std::to_string(count));
    for (std::size_t i = 0; i < count; ++i) out[i * step] = tensor.texts[i];
    return {};
  }
  if (tensor.given == Tensor::Given::numbers) return refuse(tensor, "numbers, where texts are wanted");
  std::string_view rest = tensor.raw;
  for (std::size_t i = 0; i < count; ++i) {
    if (rest.size() < kLengthBytes) return refuse(tensor, "its bytes end before element " + std::to_string(i));
    const auto length = bits_at<std::uint32_t>(rest.data());
    rest.remove_prefix(kLengthBytes);
    if (length > rest.size()) return refuse(tensor, "element " + std::to_string(i) + " is longer than what is left of its bytes");
    out[i * step] = rest.substr(0, length);
    rest.remove_prefix(length);
  }
  if (!rest.empty()) return refuse(tensor, std::to_string(rest.size()) + " bytes are left behind its last element");
  return {};
}

Tensor& InferRequest::add_input() {
  if (used_ == inputs_.size()) inputs_.emplace_back();
  Tensor& tensor = inputs_[used_++];
  tensor.clear();
  return tensor;
}

void InferRequest::clear() noexcept {
  id = {};
  binary_by_default = false;
  priority = timeout_us = 0;
  outputs.clear();
  used_ = 0;
}
}  // namespace headroom::serve
