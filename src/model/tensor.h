// Values of an ONNX graph while it runs: typed arrays of any rank, row-major.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace headroom::model {
enum class Element : std::uint8_t { f32, f64, i64, i32, flag, text };
using Shape = std::vector<std::int64_t>;

/// Exactly the vector of `element` is filled, with the product of `shape` values. Texts borrow from the model, from the rows, or from
/// `made` of a tensor of the same run.
struct Tensor {
  Element element = Element::f32;
  Shape shape;
  std::vector<float> f32;
  std::vector<double> f64;
  std::vector<std::int64_t> i64;
  std::vector<std::int32_t> i32;
  std::vector<std::uint8_t> flag;
  std::vector<std::string_view> text;
  std::vector<std::string> made;

  template <class T>
  [[nodiscard]] std::vector<T>& list() noexcept {
    if constexpr (std::is_same_v<T, float>) return f32;
    else if constexpr (std::is_same_v<T, double>) return f64;
    else if constexpr (std::is_same_v<T, std::int64_t>) return i64;
    else if constexpr (std::is_same_v<T, std::int32_t>) return i32;
    else if constexpr (std::is_same_v<T, std::uint8_t>) return flag;
    else return text;
  }
  template <class T>
  [[nodiscard]] const std::vector<T>& list() const noexcept { return const_cast<Tensor*>(this)->list<T>(); }

  [[nodiscard]] std::size_t rank() const noexcept { return shape.size(); }
  /// Values; the product of the shape.
  [[nodiscard]] std::size_t count() const noexcept;
  /// Product of shape[first, last).
  [[nodiscard]] std::size_t count(std::size_t first, std::size_t last) const noexcept;
  /// Dimensions as one matrix: [product of all but the last, last]; a vector is one row, as ONNX-ML's operators take it.
  [[nodiscard]] std::size_t columns() const noexcept { return shape.empty() ? 1 : static_cast<std::size_t>(shape.back()); }
};

template <class T>
[[nodiscard]] constexpr Element element_of() noexcept {
  if constexpr (std::is_same_v<T, float>) return Element::f32;
  else if constexpr (std::is_same_v<T, double>) return Element::f64;
  else if constexpr (std::is_same_v<T, std::int64_t>) return Element::i64;
  else if constexpr (std::is_same_v<T, std::int32_t>) return Element::i32;
  else if constexpr (std::is_same_v<T, std::uint8_t>) return Element::flag;
  else return Element::text;
}

/// Calls use(T{}) with the C++ type of an element.
template <class Use>
auto with_type(Element element, const Use& use) {
  switch (element) {
    case Element::f32: return use(float{});
    case Element::f64: return use(double{});
    case Element::i64: return use(std::int64_t{});
    case Element::i32: return use(std::int32_t{});
    case Element::flag: return use(std::uint8_t{});
    case Element::text: break;
  }
  return use(std::string_view{});
}

/// What a step could not do; nullptr: nothing. of_value: because of the values in a row, not because of shapes and types.
struct Trouble {
  const char* what = nullptr;
  bool of_value = false;
  explicit operator bool() const noexcept { return what != nullptr; }
};
inline constexpr Trouble kFine{};

/// A tree ensemble's score of one class or target, while trees are added.
template <class T>
struct TreeScore {
  T value;
  bool is_set;
};

/// Memory of one run of a program. One thread's.
struct TensorScratch {
  std::vector<Tensor> slots;
  std::vector<const Tensor*> in;
  std::vector<Tensor*> out;
  std::vector<double> numbers;
  std::vector<float> floats, more_floats;
  std::vector<TreeScore<float>> float_scores;
  std::vector<TreeScore<double>> double_scores;
  std::vector<std::int64_t> indexes;
  std::vector<std::int64_t> shape;
  std::uint64_t values_left = 0;       // of all tensors of a run together, so that no file can ask for much
  bool is_trial = false;               // a run that only looks at shapes: troubles of values are passed over
  std::unique_ptr<TensorScratch> nested;
};

/// Operands of one step; an optional input that is left out is nullptr. Outputs are distinct from inputs.
struct Call {
  std::span<const Tensor* const> in;
  std::span<Tensor* const> out;
  TensorScratch& scratch;

  [[nodiscard]] const Tensor* input(std::size_t i) const noexcept { return i < in.size() ? in[i] : nullptr; }
  /// Shapes output k and gives its first value; nullptr where that would be too large, or k is not wanted.
  template <class T>
  [[nodiscard]] T* make(std::size_t k, const Shape& shape) const {
    if (!reserve(k, shape, element_of<T>())) return nullptr;
    auto& list = out[k]->list<T>();
    list.resize(out[k]->count());
    return list.data();
  }
  /// Trouble of a row's values; in a trial it is none.
  [[nodiscard]] Trouble of_value(const char* what) const noexcept { return scratch.is_trial ? kFine : Trouble{what, true}; }

 private:
  [[nodiscard]] bool reserve(std::size_t k, const Shape& shape, Element element) const;
};
inline constexpr Trouble kTooLarge{"the result is too large"};
inline constexpr Trouble kWrongType{"its inputs have types that it does not take"};
inline constexpr Trouble kWrongShape{"its inputs have shapes that do not fit"};

using Kernel = std::function<Trouble(const Call&)>;

/// Values that one run may make: 8 million.
inline constexpr std::uint64_t kMostValues = 8U << 20U;

/// axis of a tensor of this rank, negative ones from behind; −1 if there is none.
[[nodiscard]] inline std::int64_t axis_of(std::int64_t axis, std::size_t rank) noexcept {
  const auto size = static_cast<std::int64_t>(rank);
  if (axis < -size || axis >= size) return -1;
  return axis < 0 ? axis + size : axis;
}
}  // namespace headroom::model
