// The kernels of linear_kernels.h. Included by a file for each instruction set, compiled for it: nothing here may be shared with other files, or
// the linker could give them code that their processor does not have.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#include "model/linear_kernels.h"

namespace headroom::model {
namespace {
typedef double Numbers __attribute__((vector_size(32)));
typedef std::int64_t Bits __attribute__((vector_size(32)));
typedef std::uint64_t Words __attribute__((vector_size(32)));
static_assert(sizeof(Numbers) == kDotsTogether * sizeof(double));

inline Numbers load(const double* from) noexcept {
  Numbers numbers;
  std::memcpy(&numbers, from, sizeof(numbers));
  return numbers;
}

/// Of some rows at once, since weights have to be loaded only once then.
template <std::size_t count>
inline void sums_of(const Dots& of, const double* rows, Numbers* out) noexcept {
  Numbers sums[count][4] = {};
  const auto add = [&](std::size_t i, std::size_t k) {
    const Numbers weights = load(of.weights + i * kDotsTogether);
    for (std::size_t r = 0; r < count; ++r) sums[r][k] += rows[r * of.n + i] * weights;
  };
  std::size_t i = 0;
  for (; i + 4 <= of.n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) add(i + k, k);
  }
  for (std::size_t k = 0; i < of.n; ++i, ++k) add(i, k);
  for (std::size_t r = 0; r < count; ++r) out[r] = ((sums[r][0] + sums[r][2]) + (sums[r][1] + sums[r][3])) + load(of.start);
}

void dots(const Dots& of, const double* row, double* out) noexcept {
  Numbers sums;
  sums_of<1>(of, row, &sums);
  std::memcpy(out, &sums, sizeof(sums));
}

constexpr double kSmallest = -708;   // below, results are so small that they lose digits

/// x = k·ln 2 + r with |r| ≤ ln 2 / 2; e^x = 2^k·e^r, and e^r by its series up to r¹³ (the next term is below 2⁻⁵⁷). kSmallest ≤ x ≤ 709.
inline Numbers exp_of(Numbers x) noexcept {
  constexpr double kLog2E = 0x1.71547652b82fep+0, kRound = 0x1.8p52;   // adding kRound leaves the nearest whole number in the lowest bits
  constexpr double kLn2High = 0x1.62e42feep-1, kLn2Low = 0x1.a39ef35793c76p-33;   // so few bits that k·kLn2High is exact
  const Numbers rounded = x * kLog2E + kRound;
  const Numbers k = rounded - kRound;
  const Numbers r = (x - k * kLn2High) - k * kLn2Low;
  const Numbers r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
  const Numbers c0 = (1.0 / 2) + r * (1.0 / 6), c2 = (1.0 / 24) + r * (1.0 / 120), c4 = (1.0 / 720) + r * (1.0 / 5040);
  const Numbers c6 = (1.0 / 40320) + r * (1.0 / 362880), c8 = (1.0 / 3628800) + r * (1.0 / 39916800), c10 = (1.0 / 479001600) + r * (1.0 / 6227020800);
  const Numbers series = ((c0 + c2 * r2) + (c4 + c6 * r2) * r4) + (c8 + c10 * r2) * r8;
  const Numbers e = 1.0 + (r + r2 * series);
  Words power;   // in its lowest bits k, modulo 2⁵²
  std::memcpy(&power, &rounded, sizeof(power));
  Words bits;
  std::memcpy(&bits, &e, sizeof(bits));
  bits += power << 52;
  Numbers result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

void exps(double* values, std::size_t n) noexcept {
  for (std::size_t first = 0; first < n; first += 4) {
    const std::size_t count = n - first < 4 ? n - first : 4;
    const auto value = [&](std::size_t i) { return i < count ? values[first + i] : 0; };
    const Numbers x = {value(0), value(1), value(2), value(3)};
    const Numbers e = exp_of(x);
    for (std::size_t i = 0; i < count; ++i) values[first + i] = x[i] >= kSmallest ? e[i] : std::exp(x[i]);   // NaN too
  }
}

inline Numbers larger(Numbers a, Numbers b) noexcept { return a < b ? b : a; }

/// Of the lanes that are classes. In numpy's order; what is not there is 0.
inline Numbers softmax_of(Numbers sums, Bits is_class) noexcept {
  const Numbers known = is_class ? sums : Numbers{sums[0], sums[0], sums[0], sums[0]};
  Numbers largest = larger(known, __builtin_shufflevector(known, known, 1, 0, 3, 2));
  largest = larger(largest, __builtin_shufflevector(largest, largest, 2, 3, 0, 1));
  const Numbers x = known - largest;
  Numbers e = exp_of(x);
  const Bits is_small = ~(x >= kSmallest);
  if ((is_small[0] | is_small[1] | is_small[2] | is_small[3]) != 0) {
    for (std::size_t k = 0; k < kDotsTogether; ++k) {
      if (is_small[k] != 0) e[k] = std::exp(x[k]);
    }
  }
  e = is_class ? e : Numbers{};
  return e / (((e[0] + e[1]) + e[2]) + e[3]);
}

void softmaxes(const Dots& of, std::size_t classes, MatrixView<const double> rows, double* out) noexcept {
  // First some rows' sums, then their softmax: in the same loop their latencies would add up to more than the processor looks ahead.
  constexpr std::size_t kRows = 16;
  const Bits order = {0, 1, 2, 3};
  const Bits is_class = order < static_cast<std::int64_t>(classes);
  const double* row = rows.data();
  for (std::size_t first = 0; first < rows.rows(); first += kRows) {
    const std::size_t count = rows.rows() - first < kRows ? rows.rows() - first : kRows;
    Numbers sums[kRows];
    std::size_t done = 0;
    for (; done + 2 <= count; done += 2) sums_of<2>(of, row + done * of.n, sums + done);
    if (done < count) sums_of<1>(of, row + done * of.n, sums + done);
    row += count * of.n;
    for (std::size_t i = 0; i < count; ++i, out += classes) {
      const Numbers e = softmax_of(sums[i], is_class);
      out[0] = e[0];
      out[1] = e[1];
      if (classes > 2) out[2] = e[2];
      if (classes > 3) out[3] = e[3];
    }
  }
}
}  // namespace
}  // namespace headroom::model
