// The operators of tensor_shape.h that join, cut and gather.
#include <algorithm>
#include <limits>

#include "model/tensor_shape.h"

namespace headroom::model {
namespace {
Trouble concat(std::int64_t wanted, const Call& call) {
  const Tensor& first = *call.in[0];
  const auto found = axis_of(wanted, first.rank());
  if (found < 0) return kWrongShape;
  const auto axis = static_cast<std::size_t>(found);
  Shape& shape = call.scratch.shape;
  shape = first.shape;
  shape[axis] = 0;
  for (const Tensor* one : call.in) {
    if (one == nullptr || one->element != first.element) return kWrongType;
    if (one->rank() != first.rank()) return kWrongShape;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (i != axis && one->shape[i] != first.shape[i]) return kWrongShape;
    }
    shape[axis] += one->shape[axis];
  }
  return with_type(first.element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, shape);
    if (out == nullptr) return kTooLarge;
    const std::size_t before = first.count(0, axis);
    for (std::size_t i = 0; i < before; ++i) {
      for (const Tensor* one : call.in) {
        const std::size_t run = one->count(axis, one->rank());
        out = std::copy_n(one->list<T>().data() + i * run, run, out);
      }
    }
    return kFine;
  });
}

/// Sizes of the parts of Split: the list, or equal ones (the last one smaller from opset 18 on).
bool part_sizes(const Call& call, const std::optional<Shape>& fixed, std::int64_t whole, Shape& sizes) {
  const Tensor* second = call.input(1);
  if (fixed) {
    sizes = *fixed;
  } else if (second != nullptr) {
    if (second->element != Element::i64) return false;
    sizes = second->i64;
  } else {
    const auto parts = static_cast<std::int64_t>(call.out.size());
    const auto each = (whole + parts - 1) / parts;
    sizes.assign(call.out.size(), each);
    sizes.back() = whole - each * (parts - 1);
  }
  std::int64_t sum = 0;
  for (const auto size : sizes) {
    if (size < 0 || size > whole) return false;
    sum += size;
  }
  return sizes.size() == call.out.size() && sum == whole;
}

Trouble split(std::int64_t wanted, const std::optional<Shape>& fixed, const Call& call) {
  const Tensor& x = *call.in[0];
  const auto found = axis_of(wanted, x.rank());
  if (found < 0) return kWrongShape;
  const auto axis = static_cast<std::size_t>(found);
  Shape& sizes = call.scratch.indexes;
  if (!part_sizes(call, fixed, x.shape[axis], sizes)) return kWrongShape;
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    Shape& shape = call.scratch.shape;
    shape = x.shape;
    const std::size_t behind = x.count(axis + 1, x.rank());
    const std::size_t line = static_cast<std::size_t>(x.shape[axis]) * behind;
    std::size_t from = 0;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      shape[axis] = sizes[k];
      T* out = call.make<T>(k, shape);
      if (out == nullptr) return kTooLarge;
      const std::size_t run = static_cast<std::size_t>(sizes[k]) * behind;
      for (std::size_t i = 0; i < x.count(0, axis); ++i) out = std::copy_n(x.list<T>().data() + i * line + from, run, out);
      from += run;
    }
    return kFine;
  });
}

struct Cut {
  std::int64_t start = 0, step = 1, count = 0;
};

/// numpy's start:end:step of an axis of this size.
bool cut_of(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t size, Cut& cut) {
  if (step == 0 || step == std::numeric_limits<std::int64_t>::min()) return false;
  const auto place = [&](std::int64_t at, std::int64_t low, std::int64_t high) { return std::clamp(at < 0 ? at + size : at, low, high); };
  cut.step = step;
  if (step > 0) {
    cut.start = place(start, 0, size);
    const auto stop = place(end, 0, size);
    cut.count = stop > cut.start ? (stop - cut.start - 1) / step + 1 : 0;
  } else {
    cut.start = place(start, -1, size - 1);
    const auto stop = end < -size ? -1 : place(end, -1, size - 1);
    cut.count = cut.start > stop ? (cut.start - stop - 1) / -step + 1 : 0;
  }
  return true;
}

/// One list of Slice: an attribute, or an input of i64 or i32.
bool slice_list(const Call& call, const std::optional<Shape>& fixed, std::size_t input, bool by_attribute, Shape& out) {
  out.clear();
  if (by_attribute) {
    if (fixed) out = *fixed;
    return true;
  }
  const Tensor* given = call.input(input);
  if (given == nullptr) return true;
  if (given->element == Element::i64) out = given->i64;
  else if (given->element == Element::i32) out.assign(given->i32.begin(), given->i32.end());
  else return false;
  return true;
}

Trouble slice(const SliceSpec& spec, const Call& call) {
  const Tensor& x = *call.in[0];
  const bool by_attribute = spec.starts.has_value();
  Shape starts, ends, axes, steps;
  if (!slice_list(call, spec.starts, 1, by_attribute, starts) || !slice_list(call, spec.ends, 2, by_attribute, ends) || !slice_list(call, spec.axes, 3, by_attribute, axes) ||
      !slice_list(call, std::nullopt, 4, by_attribute, steps)) {
    return kWrongType;
  }
  if (ends.size() != starts.size() || starts.size() > x.rank() || (!axes.empty() && axes.size() != starts.size()) || (!steps.empty() && steps.size() != starts.size())) return kWrongShape;
  std::vector<Cut> cuts;
  for (const auto size : x.shape) cuts.push_back({0, 1, size});
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto axis = axis_of(axes.empty() ? static_cast<std::int64_t>(i) : axes[i], x.rank());
    if (axis < 0 || !cut_of(starts[i], ends[i], steps.empty() ? 1 : steps[i], x.shape[static_cast<std::size_t>(axis)], cuts[static_cast<std::size_t>(axis)])) return kWrongShape;
  }
  Shape& shape = call.scratch.shape;
  shape.clear();
  for (const auto& cut : cuts) shape.push_back(cut.count);
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, shape);
    if (out == nullptr) return kTooLarge;
    const std::size_t count = call.out[0]->count();
    for (std::size_t k = 0; k < count; ++k) {
      std::size_t rest = k;
      std::size_t stride = 1;
      std::size_t at = 0;
      for (std::size_t axis = shape.size(); axis-- > 0;) {
        const auto place = cuts[axis].start + static_cast<std::int64_t>(rest % static_cast<std::size_t>(shape[axis])) * cuts[axis].step;
        at += static_cast<std::size_t>(place) * stride;
        rest /= static_cast<std::size_t>(shape[axis]);
        stride *= static_cast<std::size_t>(x.shape[axis]);
      }
      out[k] = x.list<T>()[at];
    }
    return kFine;
  });
}

/// Indices as i64 in scratch, counted from the front, each below `size`.
Trouble indexes_of(const Call& call, const Tensor& given, std::int64_t size, bool takes_negative) {
  auto& indexes = call.scratch.indexes;
  if (given.element == Element::i64) indexes = given.i64;
  else if (given.element == Element::i32) indexes.assign(given.i32.begin(), given.i32.end());
  else return kWrongType;
  for (auto& index : indexes) {
    if (index < 0 && takes_negative) index += size;
    if (index >= 0 && index < size) continue;
    if (const auto trouble = call.of_value("an index that is out of range")) return trouble;
    if (size == 0) return kWrongShape;
    index = 0;
  }
  return kFine;
}

Trouble gather(std::int64_t wanted, const Call& call) {
  const Tensor& x = *call.in[0];
  const Tensor& given = *call.in[1];
  const auto found = axis_of(wanted, x.rank());
  if (found < 0) return kWrongShape;
  const auto axis = static_cast<std::size_t>(found);
  if (const auto trouble = indexes_of(call, given, x.shape[axis], true)) return trouble;
  Shape& shape = call.scratch.shape;
  shape.assign(x.shape.begin(), x.shape.begin() + found);
  shape.insert(shape.end(), given.shape.begin(), given.shape.end());
  shape.insert(shape.end(), x.shape.begin() + found + 1, x.shape.end());
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, shape);
    if (out == nullptr) return kTooLarge;
    const std::size_t run = x.count(axis + 1, x.rank());
    const std::size_t line = static_cast<std::size_t>(x.shape[axis]) * run;
    for (std::size_t i = 0; i < x.count(0, axis); ++i) {
      for (const auto index : call.scratch.indexes) out = std::copy_n(x.list<T>().data() + i * line + static_cast<std::size_t>(index) * run, run, out);
    }
    return kFine;
  });
}

Trouble gather_elements(std::int64_t wanted, const Call& call) {
  const Tensor& x = *call.in[0];
  const Tensor& given = *call.in[1];
  const auto found = axis_of(wanted, x.rank());
  if (found < 0 || given.rank() != x.rank()) return kWrongShape;
  const auto axis = static_cast<std::size_t>(found);
  for (std::size_t i = 0; i < x.rank(); ++i) {
    if (i != axis && given.shape[i] > x.shape[i]) return kWrongShape;
  }
  if (const auto trouble = indexes_of(call, given, x.shape[axis], true)) return trouble;
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, given.shape);
    if (out == nullptr) return kTooLarge;
    for (std::size_t k = 0; k < given.count(); ++k) {
      std::size_t rest = k;
      std::size_t stride = 1;
      std::size_t at = 0;
      for (std::size_t i = x.rank(); i-- > 0;) {
        const std::size_t place = rest % static_cast<std::size_t>(given.shape[i]);
        at += (i == axis ? static_cast<std::size_t>(call.scratch.indexes[k]) : place) * stride;
        rest /= static_cast<std::size_t>(given.shape[i]);
        stride *= static_cast<std::size_t>(x.shape[i]);
      }
      out[k] = x.list<T>()[at];
    }
    return kFine;
  });
}

Trouble extract(const Call& call) {
  const Tensor& x = *call.in[0];
  if (x.rank() == 0 || call.in[1]->count() == 0) return kWrongShape;
  if (const auto trouble = indexes_of(call, *call.in[1], x.shape.back(), false)) return trouble;
  const auto& indexes = call.scratch.indexes;
  Shape& shape = call.scratch.shape;
  shape = x.shape;
  shape.back() = static_cast<std::int64_t>(indexes.size());
  if (x.rank() == 1) shape.insert(shape.begin(), 1);
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    T* out = call.make<T>(0, shape);
    if (out == nullptr) return kTooLarge;
    for (std::size_t from = 0; from < x.count(); from += x.columns()) {
      for (const auto index : indexes) *out++ = x.list<T>()[from + static_cast<std::size_t>(index)];
    }
    return kFine;
  });
}
}  // namespace

Kernel concat_kernel(std::int64_t axis) {
  return [axis](const Call& call) { return concat(axis, call); };
}
Kernel split_kernel(std::int64_t axis, std::optional<Shape> sizes) {
  return [axis, sizes = std::move(sizes)](const Call& call) { return split(axis, sizes, call); };
}
Kernel slice_kernel(SliceSpec spec) {
  return [spec = std::move(spec)](const Call& call) { return slice(spec, call); };
}
Kernel gather_kernel(std::int64_t axis) {
  return [axis](const Call& call) { return gather(axis, call); };
}
Kernel gather_elements_kernel(std::int64_t axis) {
  return [axis](const Call& call) { return gather_elements(axis, call); };
}
Kernel feature_extractor_kernel() { return extract; }
}  // namespace headroom::model
