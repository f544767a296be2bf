#include "model/tensor_reduce.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cmath>
#include <limits>

namespace headroom::model {
namespace {
constexpr std::size_t kMaxRank = 8;

/// Which value of the result each value of x goes to.
struct Fold {
  std::bitset<kMaxRank> reduced;
  std::array<std::size_t, kMaxRank> stride{};   // of the result along an axis of x; 0 if reduced

  /// Calls use(result, value) for all values of x in order.
  template <class T, class Use>
  void each(const Tensor& x, const Use& use) const {
    std::array<std::size_t, kMaxRank> index{};
    std::size_t at = 0;
    for (const T value : x.list<T>()) {
      use(at, value);
      for (std::size_t axis = x.rank(); axis-- > 0;) {
        at += stride[axis];
        if (++index[axis] < static_cast<std::size_t>(x.shape[axis])) break;
        at -= stride[axis] * index[axis];
        index[axis] = 0;
      }
    }
  }
};

bool plan(const Tensor& x, std::span<const std::int64_t> axes, bool keep, Fold& fold, Shape& shape) {
  if (x.rank() > kMaxRank) return false;
  for (const auto wanted : axes) {
    const auto axis = axis_of(wanted, x.rank());
    if (axis < 0) return false;
    fold.reduced.set(static_cast<std::size_t>(axis));
  }
  if (axes.empty()) fold.reduced.set();
  shape.clear();
  std::size_t stride = 1;
  for (std::size_t axis = x.rank(); axis-- > 0;) {
    if (fold.reduced[axis]) continue;
    fold.stride[axis] = stride;
    stride *= static_cast<std::size_t>(x.shape[axis]);
  }
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    if (!fold.reduced[axis]) shape.push_back(x.shape[axis]);
    else if (keep) shape.push_back(1);
  }
  return true;
}

template <class T>
Trouble sum_integers(const Call& call, const Fold& fold, ReduceOp op) {
  T* out = call.make<T>(0, call.scratch.shape);
  if (out == nullptr) return kTooLarge;
  std::vector<std::int64_t>& sums = call.scratch.indexes;
  sums.assign(call.out[0]->count(), op == ReduceOp::max ? std::numeric_limits<T>::min() : op == ReduceOp::min ? std::numeric_limits<T>::max() : op == ReduceOp::prod ? 1 : 0);
  using U = std::uint64_t;
  const auto wrap = [](U value) { return static_cast<std::int64_t>(value); };
  fold.each<T>(*call.in[0], [&](std::size_t k, T value) {
    auto& sum = sums[k];
    switch (op) {
      case ReduceOp::sum: sum = wrap(static_cast<U>(sum) + static_cast<U>(value)); break;
      case ReduceOp::prod: sum = wrap(static_cast<U>(sum) * static_cast<U>(value)); break;
      case ReduceOp::max: sum = std::max<std::int64_t>(sum, value); break;
      case ReduceOp::min: sum = std::min<std::int64_t>(sum, value); break;
      case ReduceOp::l1: sum = wrap(static_cast<U>(sum) + static_cast<U>(value < 0 ? -static_cast<U>(value) : static_cast<U>(value))); break;
      case ReduceOp::sum_square: sum = wrap(static_cast<U>(sum) + static_cast<U>(value) * static_cast<U>(value)); break;
      default: break;
    }
  });
  for (const auto sum : sums) *out++ = static_cast<T>(sum);
  return kFine;
}

double start_of(ReduceOp op) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  switch (op) {
    case ReduceOp::max: return -infinity;
    case ReduceOp::min: return infinity;
    case ReduceOp::prod: return 1;
    default: return 0;
  }
}

double joined(ReduceOp op, double sum, double value) noexcept {
  switch (op) {
    case ReduceOp::max: return value > sum || value != value ? value : sum;
    case ReduceOp::min: return value < sum || value != value ? value : sum;
    case ReduceOp::prod: return sum * value;
    case ReduceOp::l1: return sum + std::abs(value);
    case ReduceOp::l2: case ReduceOp::sum_square: return sum + value * value;
    default: return sum + value;
  }
}

double finished(ReduceOp op, double sum, double terms) noexcept {
  switch (op) {
    case ReduceOp::mean: return sum / terms;
    case ReduceOp::l2: return std::sqrt(sum);
    case ReduceOp::log_sum: return std::log(sum);
    default: return sum;
  }
}

/// max + log Σ exp(x − max), the difference and the exponential in the type of x.
template <class T>
Trouble log_sum_exp(const Call& call, const Fold& fold) {
  const Tensor& x = *call.in[0];
  T* out = call.make<T>(0, call.scratch.shape);
  if (out == nullptr) return kTooLarge;
  const std::size_t count = call.out[0]->count();
  std::vector<double>& numbers = call.scratch.numbers;
  numbers.assign(2 * count, 0);
  std::fill_n(numbers.begin(), count, start_of(ReduceOp::max));
  fold.each<T>(x, [&](std::size_t k, T value) { numbers[k] = joined(ReduceOp::max, numbers[k], static_cast<double>(value)); });
  for (std::size_t k = 0; k < count; ++k) {
    if (!std::isfinite(numbers[k])) numbers[k] = 0;
  }
  fold.each<T>(x, [&](std::size_t k, T value) { numbers[count + k] += static_cast<double>(std::exp(value - static_cast<T>(numbers[k]))); });
  for (std::size_t k = 0; k < count; ++k) out[k] = std::log(static_cast<T>(numbers[count + k])) + static_cast<T>(numbers[k]);
  return kFine;
}

template <class T>
Trouble reduce_floats(const Call& call, const Fold& fold, ReduceOp op) {
  if (op == ReduceOp::log_sum_exp) return log_sum_exp<T>(call, fold);
  T* out = call.make<T>(0, call.scratch.shape);
  if (out == nullptr) return kTooLarge;
  std::vector<double>& sums = call.scratch.numbers;
  sums.assign(call.out[0]->count(), start_of(op));
  fold.each<T>(*call.in[0], [&](std::size_t k, T value) { sums[k] = joined(op, sums[k], static_cast<double>(value)); });
  const double terms = sums.empty() ? 1 : static_cast<double>(call.in[0]->count()) / static_cast<double>(sums.size());
  for (const double sum : sums) *out++ = static_cast<T>(finished(op, sum, terms));
  return kFine;
}

template <class T>
Trouble copy_of(const Call& call) {
  const auto& list = call.in[0]->list<T>();
  T* out = call.make<T>(0, call.in[0]->shape);
  if (out == nullptr) return kTooLarge;
  std::copy(list.begin(), list.end(), out);
  return kFine;
}

Trouble reduce(const ReduceSpec& spec, const Call& call) {
  const Tensor& x = *call.in[0];
  const Tensor* given = call.input(1);
  if (given != nullptr && given->element != Element::i64) return kWrongType;
  const auto& axes = given != nullptr ? given->i64 : spec.axes;
  return with_type(x.element, [&](auto a) -> Trouble {
    using T = decltype(a);
    if constexpr (std::is_same_v<T, std::string_view> || std::is_same_v<T, std::uint8_t>) {
      return kWrongType;
    } else {
      if (axes.empty() && spec.none_is_identity) return copy_of<T>(call);
      Fold fold;
      if (!plan(x, axes, spec.keep, fold, call.scratch.shape)) return kWrongShape;
      if constexpr (std::is_floating_point_v<T>) {
        return reduce_floats<T>(call, fold, spec.op);
      } else {
        if (spec.op == ReduceOp::mean || spec.op == ReduceOp::l2 || spec.op == ReduceOp::log_sum || spec.op == ReduceOp::log_sum_exp) return kWrongType;
        return sum_integers<T>(call, fold, spec.op);
      }
    }
  });
}
}  // namespace

Kernel reduce_kernel(ReduceSpec spec) {
  return [spec = std::move(spec)](const Call& call) { return reduce(spec, call); };
}
}  // namespace headroom::model
