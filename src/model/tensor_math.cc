#include "model/tensor_math.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/broadcast.h"

namespace headroom::model {
namespace {
template <class T>
constexpr bool kIsNumber = std::is_arithmetic_v<T> && !std::is_same_v<T, std::uint8_t>;

/// Integers wrap around instead of overflowing.
template <class T, class Use>
T wrapped(T a, T b, const Use& use) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    return use(a, b);
  } else {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(use(static_cast<U>(a), static_cast<U>(b)));
  }
}

template <class T>
T divide(T a, T b) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    return a / b;
  } else {
    if (b == 0) return 0;
    if (b == -1) return wrapped(T{0}, a, [](auto x, auto y) { return x - y; });
    return a / b;
  }
}

/// fmod as C's; mod with the divisor's sign, as Python's.
template <class T>
T remainder_of(T a, T b, bool is_c) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    const T rest = std::fmod(a, b);
    return !is_c && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  } else {
    if (b == 0 || b == -1) return 0;
    const T rest = a % b;
    return !is_c && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
}

template <class T>
T from_double(double value) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    constexpr double limit = -static_cast<double>(std::numeric_limits<T>::min());
    return value >= -limit && value < limit ? static_cast<T>(value) : std::numeric_limits<T>::min();
  }
}

template <class T, class E>
T power(T base, E exponent) noexcept {
  if (exponent == E{2}) return wrapped(base, base, [](auto x, auto y) { return x * y; });
  if constexpr (std::is_floating_point_v<T>) {
    if (exponent == E{3}) return base * base * base;
    return std::pow(base, static_cast<T>(exponent));
  } else {
    return from_double<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
}

template <class T>
T least(T a, T b) noexcept { return a != a || b != b ? a + b : std::min(a, b); }
template <class T>
T most(T a, T b) noexcept { return a != a || b != b ? a + b : std::max(a, b); }

/// use(operator) with a functor of (T, T) → T.
template <class T, class Use>
void with_operator(BinaryOp op, const Use& use) {
  switch (op) {
    case BinaryOp::add: return use([](T a, T b) { return wrapped(a, b, [](auto x, auto y) { return x + y; }); });
    case BinaryOp::sub: return use([](T a, T b) { return wrapped(a, b, [](auto x, auto y) { return x - y; }); });
    case BinaryOp::mul: return use([](T a, T b) { return wrapped(a, b, [](auto x, auto y) { return x * y; }); });
    case BinaryOp::div: return use([](T a, T b) { return divide(a, b); });
    case BinaryOp::pow: return use([](T a, T b) { return power(a, b); });
    case BinaryOp::mod: return use([](T a, T b) { return remainder_of(a, b, false); });
    case BinaryOp::fmod: return use([](T a, T b) { return remainder_of(a, b, true); });
    case BinaryOp::min: return use([](T a, T b) { return least(a, b); });
    case BinaryOp::max: return use([](T a, T b) { return most(a, b); });
  }
}

template <class A, class B, class O, class F>
Trouble two(const Call& call, const F& f) {
  Broadcast broadcast;
  if (!broadcast.plan(call.in, call.scratch.shape)) return kWrongShape;
  O* out = call.make<O>(0, call.scratch.shape);
  if (out == nullptr) return kTooLarge;
  const A* a = call.in[0]->list<A>().data();
  const B* b = call.in[1]->list<B>().data();
  broadcast.each_run([&](std::size_t first, const auto& at, const auto& step, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) out[first + i] = static_cast<O>(f(a[at[0] + i * step[0]], b[at[1] + i * step[1]]));
  });
  return kFine;
}

Trouble binary(BinaryOp op, const Call& call) {
  const auto left = call.in[0]->element;
  const auto right = call.in[1]->element;
  return with_type(left, [&](auto a) {
    using A = decltype(a);
    if constexpr (!kIsNumber<A>) {
      return kWrongType;
    } else {
      Trouble trouble = kWrongType;
      if (left == right) {
        with_operator<A>(op, [&](const auto& f) { trouble = two<A, A, A>(call, f); });
        return trouble;
      }
      if (op != BinaryOp::pow) return kWrongType;
      return with_type(right, [&](auto b) {
        using B = decltype(b);
        if constexpr (kIsNumber<B>) return two<A, B, A>(call, [](A x, B y) { return power(x, y); });
        else return kWrongType;
      });
    }
  });
}

template <class T, class F>
Trouble each(const Call& call, const F& f) {
  T* out = call.make<T>(0, call.in[0]->shape);
  if (out == nullptr) return kTooLarge;
  for (const T value : call.in[0]->list<T>()) *out++ = static_cast<T>(f(value));
  return kFine;
}

template <class T>
T logistic(T x) noexcept {
  const T v = 1 / (1 + std::exp(-std::abs(x)));
  return x < 0 ? 1 - v : v;
}

template <class T>
Trouble unary_float(UnaryOp op, T alpha, T beta, const Call& call) {
  switch (op) {
    case UnaryOp::sqrt: return each<T>(call, [](T x) { return std::sqrt(x); });
    case UnaryOp::exp: return each<T>(call, [](T x) { return std::exp(x); });
    case UnaryOp::log: return each<T>(call, [](T x) { return std::log(x); });
    case UnaryOp::erf: return each<T>(call, [](T x) { return std::erf(x); });
    case UnaryOp::floor: return each<T>(call, [](T x) { return std::floor(x); });
    case UnaryOp::ceil: return each<T>(call, [](T x) { return std::ceil(x); });
    case UnaryOp::round: return each<T>(call, [](T x) { return std::nearbyint(x); });
    case UnaryOp::reciprocal: return each<T>(call, [](T x) { return 1 / x; });
    case UnaryOp::sigmoid: return each<T>(call, [](T x) { return logistic(x); });
    case UnaryOp::tanh: return each<T>(call, [](T x) { return std::tanh(x); });
    case UnaryOp::softplus: return each<T>(call, [](T x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); });
    case UnaryOp::softsign: return each<T>(call, [](T x) { return x / (1 + std::abs(x)); });
    case UnaryOp::sin: return each<T>(call, [](T x) { return std::sin(x); });
    case UnaryOp::cos: return each<T>(call, [](T x) { return std::cos(x); });
    case UnaryOp::leaky_relu: return each<T>(call, [&](T x) { return x >= 0 ? x : alpha * x; });
    case UnaryOp::elu: return each<T>(call, [&](T x) { return x >= 0 ? x : alpha * (std::exp(x) - 1); });
    case UnaryOp::hard_sigmoid: return each<T>(call, [&](T x) { return std::max(T{0}, std::min(T{1}, alpha * x + beta)); });
    default: return kWrongType;
  }
}

template <class T>
Trouble unary(UnaryOp op, double alpha, double beta, const Call& call) {
  switch (op) {
    case UnaryOp::neg: return each<T>(call, [](T x) { if constexpr (std::is_floating_point_v<T>) return -x; else return wrapped(T{0}, x, [](auto a, auto b) { return a - b; }); });
    case UnaryOp::abs: return each<T>(call, [](T x) { if constexpr (std::is_floating_point_v<T>) return std::abs(x); else return x < 0 ? wrapped(T{0}, x, [](auto a, auto b) { return a - b; }) : x; });
    case UnaryOp::sign: return each<T>(call, [](T x) { return x > 0 ? 1 : x < 0 ? -1 : 0; });
    case UnaryOp::relu: return each<T>(call, [](T x) { return x > 0 || x != x ? x : T{0}; });
    case UnaryOp::threshold: return each<T>(call, [&](T x) { return x > from_double<T>(alpha) ? 1 : 0; });
    default: break;
  }
  if constexpr (std::is_floating_point_v<T>) return unary_float<T>(op, static_cast<T>(alpha), static_cast<T>(beta), call);
  else return kWrongType;
}

Trouble variadic(BinaryOp op, bool is_mean, const Call& call) {
  const Tensor& first = *call.in[0];
  return with_type(first.element, [&](auto a) {
    using T = decltype(a);
    if constexpr (!kIsNumber<T>) {
      return kWrongType;
    } else {
      // The shape of all of them first, so that the sum can be kept in place.
      Shape& shape = call.scratch.shape;
      shape = first.shape;
      Tensor& out = *call.out[0];
      for (const Tensor* one : call.in) {
        if (one->element != first.element) return kWrongType;
        out.shape = shape;
        const Tensor* pair[] = {&out, one};
        if (Broadcast plan; !plan.plan(pair, shape)) return kWrongShape;
      }
      T* to = call.make<T>(0, shape);
      if (to == nullptr) return kTooLarge;
      bool is_first = true;
      for (const Tensor* one : call.in) {
        const Tensor* pair[] = {&out, one};
        Broadcast broadcast;
        if (!broadcast.plan(pair, shape)) return kWrongShape;
        const T* from = one->list<T>().data();
        with_operator<T>(op, [&](const auto& f) {
          broadcast.each_run([&](std::size_t begin, const auto& at, const auto& step, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i) {
              const T value = from[at[1] + i * step[1]];
              to[begin + i] = is_first ? value : f(to[begin + i], value);
            }
          });
        });
        is_first = false;
      }
      if (is_mean) std::for_each_n(to, out.count(), [&](T& value) { value = divide(value, static_cast<T>(call.in.size())); });
      return kFine;
    }
  });
}

template <class T>
Trouble compare(CompareOp op, const Call& call) {
  switch (op) {
    case CompareOp::equal: return two<T, T, std::uint8_t>(call, [](const T& a, const T& b) { return a == b; });
    case CompareOp::greater: return two<T, T, std::uint8_t>(call, [](const T& a, const T& b) { return a > b; });
    case CompareOp::less: return two<T, T, std::uint8_t>(call, [](const T& a, const T& b) { return a < b; });
    case CompareOp::greater_or_equal: return two<T, T, std::uint8_t>(call, [](const T& a, const T& b) { return a >= b; });
    case CompareOp::less_or_equal: return two<T, T, std::uint8_t>(call, [](const T& a, const T& b) { return a <= b; });
  }
  return kWrongType;
}

Trouble clip(const Call& call) {
  const Tensor& x = *call.in[0];
  return with_type(x.element, [&](auto a) {
    using T = decltype(a);
    if constexpr (!kIsNumber<T>) {
      return kWrongType;
    } else {
      const auto limit = [&](std::size_t i, T otherwise) { return call.input(i) == nullptr ? otherwise : call.in[i]->list<T>()[0]; };
      for (std::size_t i = 1; i < 3; ++i) {
        if (call.input(i) == nullptr) continue;
        if (call.in[i]->element != x.element) return kWrongType;
        if (call.in[i]->count() != 1) return kWrongShape;
      }
      const T low = limit(1, std::numeric_limits<T>::lowest());
      const T high = limit(2, std::numeric_limits<T>::max());
      return each<T>(call, [&](T value) { return value != value ? value : std::min(std::max(value, low), high); });
    }
  });
}

Trouble where(const Call& call) {
  if (call.in[0]->element != Element::flag || call.in[1]->element != call.in[2]->element) return kWrongType;
  return with_type(call.in[1]->element, [&](auto a) {
    using T = decltype(a);
    Broadcast broadcast;
    if (!broadcast.plan(call.in, call.scratch.shape)) return kWrongShape;
    T* out = call.make<T>(0, call.scratch.shape);
    if (out == nullptr) return kTooLarge;
    const auto& condition = call.in[0]->flag;
    const auto& yes = call.in[1]->list<T>();
    const auto& no = call.in[2]->list<T>();
    broadcast.each_run([&](std::size_t first, const auto& at, const auto& step, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) out[first + i] = condition[at[0] + i * step[0]] != 0 ? yes[at[1] + i * step[1]] : no[at[2] + i * step[2]];
    });
    return kFine;
  });
}
}  // namespace

Kernel binary_kernel(BinaryOp op) {
  return [op](const Call& call) { return binary(op, call); };
}
Kernel variadic_kernel(BinaryOp op, bool is_mean) {
  return [op, is_mean](const Call& call) { return variadic(op, is_mean, call); };
}
Kernel compare_kernel(CompareOp op) {
  return [op](const Call& call) {
    if (call.in[0]->element != call.in[1]->element) return kWrongType;
    return with_type(call.in[0]->element, [&](auto a) {
      if (std::is_same_v<decltype(a), std::string_view> && op != CompareOp::equal) return kWrongType;
      return compare<decltype(a)>(op, call);
    });
  };
}
Kernel logic_kernel(LogicOp op) {
  return [op](const Call& call) {
    using Flag = std::uint8_t;
    if (call.in[0]->element != Element::flag || call.in[1]->element != Element::flag) return kWrongType;
    if (op == LogicOp::both) return two<Flag, Flag, Flag>(call, [](Flag a, Flag b) { return a != 0 && b != 0; });
    if (op == LogicOp::either) return two<Flag, Flag, Flag>(call, [](Flag a, Flag b) { return a != 0 || b != 0; });
    return two<Flag, Flag, Flag>(call, [](Flag a, Flag b) { return (a != 0) != (b != 0); });
  };
}
Kernel unary_kernel(UnaryOp op, double alpha, double beta) {
  return [op, alpha, beta](const Call& call) {
    return with_type(call.in[0]->element, [&](auto a) {
      if constexpr (kIsNumber<decltype(a)>) return unary<decltype(a)>(op, alpha, beta, call);
      else return kWrongType;
    });
  };
}
Kernel not_kernel() {
  return [](const Call& call) { return call.in[0]->element == Element::flag ? each<std::uint8_t>(call, [](std::uint8_t x) { return x == 0; }) : kWrongType; };
}
Kernel is_nan_kernel() {
  return [](const Call& call) {
    return with_type(call.in[0]->element, [&](auto a) {
      using T = decltype(a);
      if constexpr (!std::is_floating_point_v<T>) {
        return kWrongType;
      } else {
        std::uint8_t* out = call.make<std::uint8_t>(0, call.in[0]->shape);
        if (out == nullptr) return kTooLarge;
        for (const T value : call.in[0]->list<T>()) *out++ = std::isnan(value);
        return kFine;
      }
    });
  };
}
Kernel where_kernel() { return where; }
Kernel clip_kernel() { return clip; }
}  // namespace headroom::model
