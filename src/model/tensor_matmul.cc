#include <cmath>

#include "model/broadcast.h"
#include "model/tensor_linear.h"

namespace headroom::model {
namespace {
/// A matrix of a tensor, possibly seen transposed.
template <class T>
struct Grid {
  const T* data;
  std::size_t rows, columns;
  std::size_t row_step, column_step;
};

template <class T>
Grid<T> grid(const T* data, std::size_t rows, std::size_t columns, bool is_transposed) {
  return is_transposed ? Grid<T>{data, columns, rows, 1, columns} : Grid<T>{data, rows, columns, columns, 1};
}

/// out[i, j] = finish(Σ a[i, k] · b[k, j], i, j).
template <class T, class Finish>
void multiply(const Grid<T>& a, const Grid<T>& b, T* out, TensorScratch& scratch, const Finish& finish) {
  using Sum = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;
  const auto add_rows = [&](auto& sums) {
    for (std::size_t i = 0; i < a.rows; ++i) {
      sums.assign(b.columns, 0);
      for (std::size_t k = 0; k < a.columns; ++k) {
        const auto x = static_cast<Sum>(a.data[i * a.row_step + k * a.column_step]);
        const T* row = b.data + k * b.row_step;
        for (std::size_t j = 0; j < b.columns; ++j) sums[j] = static_cast<std::remove_reference_t<decltype(sums[j])>>(static_cast<Sum>(sums[j]) + x * static_cast<Sum>(row[j * b.column_step]));
      }
      for (std::size_t j = 0; j < b.columns; ++j) *out++ = finish(static_cast<Sum>(sums[j]), i, j);
    }
  };
  if constexpr (std::is_floating_point_v<T>) add_rows(scratch.numbers);
  else add_rows(scratch.indexes);
}

/// Takes the work of a product off what a run may do.
bool afford(TensorScratch& scratch, std::size_t m, std::size_t k, std::size_t n) {
  const double work = static_cast<double>(m) * static_cast<double>(k) * static_cast<double>(n) / 256;
  if (work > static_cast<double>(scratch.values_left)) return false;
  scratch.values_left -= static_cast<std::uint64_t>(work);
  return true;
}

template <class T>
Trouble matmul(const Call& call) {
  const Tensor& a = *call.in[0];
  const Tensor& b = *call.in[1];
  if (a.rank() == 0 || b.rank() == 0) return kWrongShape;
  const std::size_t m = a.rank() == 1 ? 1 : static_cast<std::size_t>(a.shape[a.rank() - 2]);
  const std::size_t k = a.columns();
  const std::size_t n = b.rank() == 1 ? 1 : b.columns();
  if (static_cast<std::size_t>(b.rank() == 1 ? b.shape[0] : b.shape[b.rank() - 2]) != k) return kWrongShape;
  Tensor left, right;   // only the shapes of the matrices' places
  left.shape.assign(a.shape.begin(), a.shape.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, a.rank())));
  right.shape.assign(b.shape.begin(), b.shape.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, b.rank())));
  const Tensor* pair[] = {&left, &right};
  Broadcast broadcast;
  Shape& shape = call.scratch.shape;
  if (!broadcast.plan(pair, shape)) return kWrongShape;
  if (a.rank() > 1) shape.push_back(static_cast<std::int64_t>(m));
  if (b.rank() > 1) shape.push_back(static_cast<std::int64_t>(n));
  T* out = call.make<T>(0, shape);
  if (out == nullptr || !afford(call.scratch, call.out[0]->count(), k, 1)) return kTooLarge;
  broadcast.each_run([&](std::size_t first, const auto& at, const auto& step, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      multiply(grid(a.list<T>().data() + (at[0] + i * step[0]) * m * k, m, k, false), grid(b.list<T>().data() + (at[1] + i * step[1]) * k * n, k, n, false), out + (first + i) * m * n, call.scratch,
               [](auto sum, std::size_t, std::size_t) { return static_cast<T>(sum); });
    }
  });
  return kFine;
}

template <class T>
Trouble gemm(const GemmSpec& spec, const Call& call) {
  const Tensor& a = *call.in[0];
  const Tensor& b = *call.in[1];
  const Tensor* c = call.input(2);
  if (a.rank() != 2 || b.rank() != 2) return kWrongShape;
  const auto size = [](const Tensor& x, std::size_t axis) { return static_cast<std::size_t>(x.shape[axis]); };
  const auto left = grid(a.list<T>().data(), size(a, 0), size(a, 1), spec.transpose_a);
  const auto right = grid(b.list<T>().data(), size(b, 0), size(b, 1), spec.transpose_b);
  if (left.columns != right.rows) return kWrongShape;
  std::size_t row_step = 0;
  std::size_t column_step = 0;
  if (c != nullptr) {
    const std::size_t columns = c->columns();
    const std::size_t rows = c->rank() < 2 ? 1 : size(*c, 0);
    if (c->element != a.element) return kWrongType;
    if (c->rank() > 2 || (columns != 1 && columns != right.columns) || (rows != 1 && rows != left.rows)) return kWrongShape;
    row_step = rows == 1 ? 0 : columns;
    column_step = columns == 1 ? 0 : 1;
  }
  T* out = call.make<T>(0, {static_cast<std::int64_t>(left.rows), static_cast<std::int64_t>(right.columns)});
  if (out == nullptr || !afford(call.scratch, left.rows, left.columns, right.columns)) return kTooLarge;
  const T* more = c == nullptr ? nullptr : c->list<T>().data();
  const auto alpha = static_cast<double>(spec.alpha);
  const auto beta = static_cast<double>(spec.beta);
  multiply(left, right, out, call.scratch, [&](auto sum, std::size_t i, std::size_t j) {
    const double rest = more == nullptr ? 0 : beta * static_cast<double>(more[i * row_step + j * column_step]);
    return static_cast<T>(alpha * static_cast<double>(sum) + rest);
  });
  return kFine;
}

template <class T>
Trouble distances(bool is_squared, const Call& call) {
  const Tensor& a = *call.in[0];
  const Tensor& b = *call.in[1];
  if (a.rank() != 2 || b.rank() != 2 || a.shape[1] != b.shape[1]) return kWrongShape;
  const auto m = static_cast<std::size_t>(a.shape[0]);
  const auto n = static_cast<std::size_t>(b.shape[0]);
  const auto k = static_cast<std::size_t>(a.shape[1]);
  T* out = call.make<T>(0, {a.shape[0], b.shape[0]});
  if (out == nullptr || !afford(call.scratch, m, k, n)) return kTooLarge;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t at = 0; at < k; ++at) {
        const double gap = static_cast<double>(a.list<T>()[i * k + at]) - static_cast<double>(b.list<T>()[j * k + at]);
        sum += gap * gap;
      }
      *out++ = static_cast<T>(is_squared ? sum : std::sqrt(sum));
    }
  }
  return kFine;
}

/// use(T{}) for two inputs of one type of numbers.
template <class Use>
Trouble of_one_type(const Call& call, bool takes_integers, const Use& use) {
  if (call.in[0]->element != call.in[1]->element) return kWrongType;
  switch (call.in[0]->element) {
    case Element::f32: return use(float{});
    case Element::f64: return use(double{});
    case Element::i64: return takes_integers ? use(std::int64_t{}) : kWrongType;
    case Element::i32: return takes_integers ? use(std::int32_t{}) : kWrongType;
    default: return kWrongType;
  }
}
}  // namespace

Kernel matmul_kernel() {
  return [](const Call& call) { return of_one_type(call, true, [&](auto a) { return matmul<decltype(a)>(call); }); };
}
Kernel gemm_kernel(GemmSpec spec) {
  return [spec](const Call& call) {
    return of_one_type(call, false, [&](auto a) -> Trouble {
      if constexpr (std::is_floating_point_v<decltype(a)>) return gemm<decltype(a)>(spec, call);
      else return kWrongType;
    });
  };
}
Kernel distance_kernel(bool is_squared) {
  return [is_squared](const Call& call) {
    return of_one_type(call, false, [&](auto a) -> Trouble {
      if constexpr (std::is_floating_point_v<decltype(a)>) return distances<decltype(a)>(is_squared, call);
      else return kWrongType;
    });
  };
}
}  // namespace headroom::model
