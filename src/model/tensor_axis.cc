// The operators of tensor_reduce.h that work along one axis.
#include <algorithm>
#include <cmath>
#include <limits>

#include "model/tensor_reduce.h"

namespace headroom::model {
namespace {
/// A tensor seen as [before, size, behind], `size` along one axis.
struct Lines {
  std::size_t before = 1, size = 1, behind = 1;
  Lines(const Tensor& x, std::size_t axis) : before(x.count(0, axis)), size(static_cast<std::size_t>(x.shape[axis])), behind(x.count(axis + 1, x.rank())) {}
  /// Calls use(first value's index) for each line; the next value of it is `behind` further.
  template <class Use>
  void each(const Use& use) const {
    for (std::size_t i = 0; i < before; ++i) {
      for (std::size_t k = 0; k < behind; ++k) use(i * size * behind + k);
    }
  }
};

template <class T>
constexpr bool kIsNumber = std::is_arithmetic_v<T> && !std::is_same_v<T, std::uint8_t>;

Trouble arg(const ArgSpec& spec, const Call& call) {
  const Tensor& x = *call.in[0];
  const auto axis = axis_of(spec.axis, x.rank());
  if (axis < 0 || x.shape[static_cast<std::size_t>(axis)] == 0) return kWrongShape;
  return with_type(x.element, [&](auto a) -> Trouble {
    using T = decltype(a);
    if constexpr (!kIsNumber<T>) {
      return kWrongType;
    } else {
      Shape& shape = call.scratch.shape;
      shape = x.shape;
      if (spec.keep) shape[static_cast<std::size_t>(axis)] = 1;
      else shape.erase(shape.begin() + axis);
      std::int64_t* out = call.make<std::int64_t>(0, shape);
      if (out == nullptr) return kTooLarge;
      const Lines lines(x, static_cast<std::size_t>(axis));
      const T* values = x.list<T>().data();
      lines.each([&](std::size_t first) {
        std::size_t best = 0;
        for (std::size_t i = 1; i < lines.size; ++i) {
          const T value = values[first + i * lines.behind];
          const T so_far = values[first + best * lines.behind];
          if ((spec.is_min ? value < so_far : value > so_far) || (spec.last && value == so_far)) best = i;
        }
        *out++ = static_cast<std::int64_t>(best);
      });
      return kFine;
    }
  });
}

template <class T>
Trouble top(const TopSpec& spec, const Call& call, std::size_t axis, std::size_t wanted) {
  const Tensor& x = *call.in[0];
  Shape& shape = call.scratch.shape;
  shape = x.shape;
  shape[axis] = static_cast<std::int64_t>(wanted);
  T* values = call.make<T>(0, shape);
  std::int64_t* places = call.make<std::int64_t>(1, shape);
  if (values == nullptr || places == nullptr) return kTooLarge;
  const Lines lines(x, axis);
  const T* from = x.list<T>().data();
  auto& order = call.scratch.indexes;
  std::size_t line = 0;
  lines.each([&](std::size_t first) {
    const auto value = [&](std::int64_t i) { return from[first + static_cast<std::size_t>(i) * lines.behind]; };
    order.resize(lines.size);
    for (std::size_t i = 0; i < lines.size; ++i) order[i] = static_cast<std::int64_t>(i);
    const auto before = [&](std::int64_t a, std::int64_t b) {
      const T x1 = value(a);
      const T x2 = value(b);
      const bool none1 = x1 != x1;
      const bool none2 = x2 != x2;
      if (none1 != none2) return none2;
      if (none1 || x1 == x2) return a < b;
      return spec.largest ? x1 > x2 : x1 < x2;
    };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(wanted), order.end(), before);
    const std::size_t to = line / lines.behind * wanted * lines.behind + line % lines.behind;
    for (std::size_t i = 0; i < wanted; ++i) {
      values[to + i * lines.behind] = value(order[i]);
      places[to + i * lines.behind] = order[i];
    }
    ++line;
  });
  return kFine;
}

Trouble top_k(const TopSpec& spec, const Call& call) {
  const Tensor& x = *call.in[0];
  const auto axis = axis_of(spec.axis, x.rank());
  std::int64_t wanted = spec.count.value_or(0);
  if (!spec.count) {
    const Tensor* given = call.input(1);
    if (given == nullptr || given->element != Element::i64 || given->count() != 1) return kWrongType;
    wanted = given->i64[0];
  }
  if (axis < 0 || wanted < 0 || wanted > x.shape[static_cast<std::size_t>(axis)]) return kWrongShape;
  return with_type(x.element, [&](auto a) -> Trouble {
    if constexpr (kIsNumber<decltype(a)>) return top<decltype(a)>(spec, call, static_cast<std::size_t>(axis), static_cast<std::size_t>(wanted));
    else return kWrongType;
  });
}

template <class T>
void softmax_line(const T* in, T* out, std::size_t size, std::size_t step, bool is_log) {
  T most = std::numeric_limits<T>::lowest();
  for (std::size_t i = 0; i < size; ++i) most = std::max(most, in[i * step]);
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const T power = std::exp(in[i * step] - most);
    if (!is_log) out[i * step] = power;
    sum += static_cast<double>(power);
  }
  const T total = static_cast<T>(sum);
  for (std::size_t i = 0; i < size; ++i) out[i * step] = is_log ? in[i * step] - most - std::log(total) : out[i * step] / total;
}

Trouble softmax(std::int64_t wanted, bool flattens, bool is_log, const Call& call) {
  const Tensor& x = *call.in[0];
  const auto found = axis_of(wanted, x.rank());
  if (found < 0) return kWrongShape;
  const auto axis = static_cast<std::size_t>(found);
  return with_type(x.element, [&](auto a) -> Trouble {
    using T = decltype(a);
    if constexpr (!std::is_floating_point_v<T>) {
      return kWrongType;
    } else {
      T* out = call.make<T>(0, x.shape);
      if (out == nullptr) return kTooLarge;
      Lines lines(x, axis);
      if (flattens) {
        lines.size = x.count(axis, x.rank());
        lines.behind = 1;
      }
      const T* in = x.list<T>().data();
      lines.each([&](std::size_t first) { softmax_line(in + first, out + first, lines.size, lines.behind, is_log); });
      return kFine;
    }
  });
}

Trouble running_sum(bool exclusive, bool reverse, const Call& call) {
  const Tensor& x = *call.in[0];
  const Tensor& given = *call.in[1];
  if (given.count() != 1 || (given.element != Element::i64 && given.element != Element::i32)) return kWrongType;
  const auto axis = axis_of(given.element == Element::i64 ? given.i64[0] : given.i32[0], x.rank());
  if (axis < 0) return kWrongShape;
  return with_type(x.element, [&](auto a) -> Trouble {
    using T = decltype(a);
    if constexpr (!kIsNumber<T>) {
      return kWrongType;
    } else {
      T* out = call.make<T>(0, x.shape);
      if (out == nullptr) return kTooLarge;
      const T* in = x.list<T>().data();
      const Lines lines(x, static_cast<std::size_t>(axis));
      lines.each([&](std::size_t first) {
        T sum{};
        for (std::size_t i = 0; i < lines.size; ++i) {
          const std::size_t at = first + (reverse ? lines.size - 1 - i : i) * lines.behind;
          T next{};
          if constexpr (std::is_floating_point_v<T>) next = sum + in[at];
          else next = static_cast<T>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(in[at]));
          out[at] = exclusive ? sum : next;
          sum = next;
        }
      });
      return kFine;
    }
  });
}

Trouble lp_normalize(std::int64_t wanted, bool is_l1, const Call& call) {
  const Tensor& x = *call.in[0];
  const auto axis = axis_of(wanted, x.rank());
  if (axis < 0) return kWrongShape;
  return with_type(x.element, [&](auto a) -> Trouble {
    using T = decltype(a);
    if constexpr (!std::is_floating_point_v<T>) {
      return kWrongType;
    } else {
      T* out = call.make<T>(0, x.shape);
      if (out == nullptr) return kTooLarge;
      const T* in = x.list<T>().data();
      const Lines lines(x, static_cast<std::size_t>(axis));
      lines.each([&](std::size_t first) {
        double sum = 0;
        for (std::size_t i = 0; i < lines.size; ++i) {
          const auto value = static_cast<double>(in[first + i * lines.behind]);
          sum += is_l1 ? std::abs(value) : value * value;
        }
        const T norm = static_cast<T>(is_l1 ? sum : std::sqrt(sum));
        for (std::size_t i = 0; i < lines.size; ++i) out[first + i * lines.behind] = norm != 0 ? in[first + i * lines.behind] / norm : T{0};
      });
      return kFine;
    }
  });
}

template <class T>
void normalize(Norm norm, const T* in, float* out, std::size_t count) {
  float total = norm == Norm::max ? std::numeric_limits<float>::lowest() : 0.0F;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(in[i]);
    if (norm == Norm::max) total = std::max(total, value);
    else if (norm == Norm::l1) total += std::abs(value);
    else total += static_cast<float>(static_cast<T>(in[i] * in[i]));
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<float>(in[i]);
    if (total == 0) out[i] = value;
    else if (norm != Norm::l2) out[i] = value / total;
    else out[i] = std::copysign(std::sqrt(static_cast<float>(static_cast<T>(in[i] * in[i])) / total), value);
  }
}
}  // namespace

Kernel arg_kernel(ArgSpec spec) {
  return [spec](const Call& call) { return arg(spec, call); };
}
Kernel top_kernel(TopSpec spec) {
  return [spec](const Call& call) { return top_k(spec, call); };
}
Kernel softmax_kernel(std::int64_t axis, bool flattens, bool is_log) {
  return [=](const Call& call) { return softmax(axis, flattens, is_log, call); };
}
Kernel running_sum_kernel(bool exclusive, bool reverse) {
  return [=](const Call& call) { return running_sum(exclusive, reverse, call); };
}
Kernel lp_normalization_kernel(std::int64_t axis, bool is_l1) {
  return [=](const Call& call) { return lp_normalize(axis, is_l1, call); };
}
Kernel normalizer_kernel(Norm norm) {
  return [norm](const Call& call) {
    const Tensor& x = *call.in[0];
    if (x.rank() == 0 || x.rank() > 2) return kWrongShape;
    return with_type(x.element, [&](auto a) -> Trouble {
      using T = decltype(a);
      if constexpr (!std::is_floating_point_v<T>) {
        return kWrongType;
      } else {
        float* out = call.make<float>(0, x.shape);
        if (out == nullptr) return kTooLarge;
        const std::size_t width = x.columns();
        for (std::size_t at = 0; at < x.count(); at += width) normalize(norm, x.list<T>().data() + at, out + at, width);
        return kFine;
      }
    });
  };
}
}  // namespace headroom::model
