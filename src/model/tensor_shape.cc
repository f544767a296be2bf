#include "model/tensor_shape.h"

#include <algorithm>

#include "model/broadcast.h"

namespace headroom::model {
namespace {
template <class T>
Trouble copy_as(const Call& call, const Shape& shape) {
  const auto& from = call.in[0]->list<T>();
  T* out = call.make<T>(0, shape);
  if (out == nullptr) return kTooLarge;
  if (call.out[0]->count() != from.size()) return kWrongShape;
  std::copy(from.begin(), from.end(), out);
  return kFine;
}
Trouble copy_as(const Call& call, const Shape& shape) {
  return with_type(call.in[0]->element, [&](auto a) { return copy_as<decltype(a)>(call, shape); });
}

/// The list of an attribute, or of input 1; nullptr if there is neither, or no i64.
const Shape* given(const Call& call, const std::optional<Shape>& fixed, std::size_t input = 1) {
  if (fixed) return &*fixed;
  const Tensor* tensor = call.input(input);
  return tensor != nullptr && tensor->element == Element::i64 ? &tensor->i64 : nullptr;
}

Trouble reshape(const std::optional<Shape>& fixed, bool keeps_zero, const Call& call) {
  const Shape* wanted = given(call, fixed);
  if (wanted == nullptr) return kWrongType;
  const Tensor& x = *call.in[0];
  Shape& shape = call.scratch.shape;
  shape.clear();
  std::size_t known = 1;
  std::ptrdiff_t open = -1;
  for (std::size_t i = 0; i < wanted->size(); ++i) {
    auto size = (*wanted)[i];
    if (size == 0 && !keeps_zero) {
      if (i >= x.rank()) return kWrongShape;
      size = x.shape[i];
    }
    if (size < -1 || (size == -1 && open >= 0)) return kWrongShape;
    if (size > static_cast<std::int64_t>(kMostValues)) return kTooLarge;
    if (size == -1) open = static_cast<std::ptrdiff_t>(i);
    else known *= static_cast<std::size_t>(size);
    if (known > kMostValues) return kTooLarge;
    shape.push_back(size);
  }
  if (open >= 0) {
    if (known == 0 || x.count() % known != 0) return kWrongShape;
    shape[static_cast<std::size_t>(open)] = static_cast<std::int64_t>(x.count() / known);
  }
  return copy_as(call, shape);
}

Trouble squeeze(const std::optional<Shape>& fixed, const Call& call) {
  const Tensor& x = *call.in[0];
  const Shape* axes = given(call, fixed);
  std::vector<bool> leaves(x.rank(), false);
  if (axes == nullptr || axes->empty()) {
    for (std::size_t i = 0; i < x.rank(); ++i) leaves[i] = x.shape[i] == 1;
  } else {
    for (const auto wanted : *axes) {
      const auto axis = axis_of(wanted, x.rank());
      if (axis < 0 || x.shape[static_cast<std::size_t>(axis)] != 1) return kWrongShape;
      leaves[static_cast<std::size_t>(axis)] = true;
    }
  }
  Shape& shape = call.scratch.shape;
  shape.clear();
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (!leaves[i]) shape.push_back(x.shape[i]);
  }
  return copy_as(call, shape);
}

Trouble unsqueeze(const std::optional<Shape>& fixed, const Call& call) {
  const Tensor& x = *call.in[0];
  const Shape* axes = given(call, fixed);
  if (axes == nullptr || axes->size() > 8) return kWrongType;
  const std::size_t rank = x.rank() + axes->size();
  std::vector<bool> is_new(rank, false);
  for (const auto wanted : *axes) {
    const auto axis = axis_of(wanted, rank);
    if (axis < 0 || is_new[static_cast<std::size_t>(axis)]) return kWrongShape;
    is_new[static_cast<std::size_t>(axis)] = true;
  }
  Shape& shape = call.scratch.shape;
  shape.clear();
  std::size_t next = 0;
  for (std::size_t i = 0; i < rank; ++i) shape.push_back(is_new[i] ? 1 : x.shape[next++]);
  return copy_as(call, shape);
}

Trouble transpose(const Shape& wanted, const Call& call) {
  const Tensor& x = *call.in[0];
  Shape order = wanted;
  if (order.empty()) {
    for (std::size_t i = x.rank(); i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
  }
  if (order.size() != x.rank()) return kWrongShape;
  std::vector<bool> seen(x.rank(), false);
  Shape& shape = call.scratch.shape;
  shape.clear();
  std::vector<std::size_t> stride;
  for (const auto one : order) {
    const auto axis = axis_of(one, x.rank());
    if (axis < 0 || seen[static_cast<std::size_t>(axis)]) return kWrongShape;
    seen[static_cast<std::size_t>(axis)] = true;
    shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
    stride.push_back(x.count(static_cast<std::size_t>(axis) + 1, x.rank()));
  }
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, shape);
    if (out == nullptr) return kTooLarge;
    const auto& from = x.list<T>();
    std::vector<std::int64_t> index(x.rank(), 0);
    std::size_t at = 0;
    for (std::size_t k = 0; k < from.size(); ++k) {
      *out++ = from[at];
      for (std::size_t axis = shape.size(); axis-- > 0;) {
        at += stride[axis];
        if (++index[axis] < shape[axis]) break;
        at -= stride[axis] * static_cast<std::size_t>(index[axis]);
        index[axis] = 0;
      }
    }
    return kFine;
  });
}

Trouble expand(const Call& call) {
  if (call.in[1]->element != Element::i64) return kWrongType;
  Tensor wanted;
  wanted.shape = call.in[1]->i64;
  for (const auto size : wanted.shape) {
    if (size < 0) return kWrongShape;
  }
  const Tensor* pair[] = {call.in[0], &wanted};
  Broadcast broadcast;
  if (!broadcast.plan(pair, call.scratch.shape)) return kWrongShape;
  return with_type(call.in[0]->element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, call.scratch.shape);
    if (out == nullptr) return kTooLarge;
    const auto& from = call.in[0]->list<T>();
    broadcast.each_run([&](std::size_t first, const auto& at, const auto& step, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) out[first + i] = from[at[0] + i * step[0]];
    });
    return kFine;
  });
}

Trouble tile(const Call& call) {
  const Tensor& x = *call.in[0];
  const Tensor& repeats = *call.in[1];
  if (repeats.element != Element::i64 || repeats.count() != x.rank()) return kWrongShape;
  Shape shape = x.shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto times = repeats.i64[i];
    if (times < 0 || times > static_cast<std::int64_t>(kMostValues) || shape[i] > static_cast<std::int64_t>(kMostValues)) return kTooLarge;
    shape[i] *= times;
  }
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, shape);
    if (out == nullptr) return kTooLarge;
    const std::size_t count = call.out[0]->count();
    for (std::size_t k = 0; k < count; ++k) {
      std::size_t rest = k;
      std::size_t at = 0;
      std::size_t stride = 1;
      for (std::size_t axis = shape.size(); axis-- > 0;) {
        const auto size = static_cast<std::size_t>(x.shape[axis]);
        at += rest % static_cast<std::size_t>(shape[axis]) % size * stride;
        rest /= static_cast<std::size_t>(shape[axis]);
        stride *= size;
      }
      out[k] = x.list<T>()[at];
    }
    return kFine;
  });
}
}  // namespace

Kernel reshape_kernel(std::optional<Shape> fixed, bool keeps_zero) {
  return [fixed = std::move(fixed), keeps_zero](const Call& call) { return reshape(fixed, keeps_zero, call); };
}
Kernel flatten_kernel(std::int64_t wanted) {
  return [wanted](const Call& call) {
    const Tensor& x = *call.in[0];
    const auto rank = static_cast<std::int64_t>(x.rank());
    const auto axis = wanted < 0 ? wanted + rank : wanted;
    if (axis < 0 || axis > rank) return kWrongShape;
    Shape& shape = call.scratch.shape;
    shape = {static_cast<std::int64_t>(x.count(0, static_cast<std::size_t>(axis))), static_cast<std::int64_t>(x.count(static_cast<std::size_t>(axis), x.rank()))};
    return copy_as(call, shape);
  };
}
Kernel squeeze_kernel(std::optional<Shape> fixed) {
  return [fixed = std::move(fixed)](const Call& call) { return squeeze(fixed, call); };
}
Kernel unsqueeze_kernel(std::optional<Shape> fixed) {
  return [fixed = std::move(fixed)](const Call& call) { return unsqueeze(fixed, call); };
}
Kernel identity_kernel() {
  return [](const Call& call) { return copy_as(call, call.in[0]->shape); };
}
Kernel transpose_kernel(Shape order) {
  return [order = std::move(order)](const Call& call) { return transpose(order, call); };
}
Kernel shape_kernel(std::int64_t start, std::optional<std::int64_t> end) {
  return [=](const Call& call) {
    const auto rank = static_cast<std::int64_t>(call.in[0]->rank());
    const auto place = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
    const auto first = place(start);
    const auto last = std::max(first, place(end.value_or(rank)));
    std::int64_t* out = call.make<std::int64_t>(0, {last - first});
    if (out == nullptr) return kTooLarge;
    std::copy(call.in[0]->shape.begin() + first, call.in[0]->shape.begin() + last, out);
    return kFine;
  };
}
Kernel constant_of_shape_kernel(Tensor value) {
  return [value = std::move(value)](const Call& call) {
    if (call.in[0]->element != Element::i64 || value.count() != 1) return kWrongType;
    return with_type(value.element, [&](auto a) {
      using T = decltype(a);
      T* out = call.make<T>(0, call.in[0]->i64);
      if (out == nullptr) return kTooLarge;
      std::fill_n(out, call.out[0]->count(), value.list<T>()[0]);
      return kFine;
    });
  };
}
Kernel expand_kernel() { return expand; }
Kernel tile_kernel() { return tile; }
}  // namespace headroom::model
