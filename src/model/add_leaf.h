// A leaf's values onto a row's scores.
#pragma once
#include <cstddef>
#include <cstring>

namespace headroom::model {
/// leaf: not part of out. width: known when compiled, or 0: `n`. A loop over two values costs more than the two additions.
template <std::size_t width, class Score>
inline void add_leaf(const Score* leaf, std::size_t n, Score* out) noexcept {
  if constexpr (width == 2 && sizeof(Score) == 8) {   // at once: the compiler cannot know that one does not overwrite the other
    typedef Score Pair __attribute__((vector_size(16)));
    Pair sum, value;
    std::memcpy(&sum, out, sizeof(sum));
    std::memcpy(&value, leaf, sizeof(value));
    sum += value;
    std::memcpy(out, &sum, sizeof(sum));
  } else if constexpr (width > 0) {
#pragma GCC unroll 4
    for (std::size_t k = 0; k < width; ++k) out[k] += leaf[k];
  } else {
    for (std::size_t k = 0; k < n; ++k) out[k] += leaf[k];
  }
}

/// add(sums) adds to `width` sums, which are added to out[width] at last. They are in registers: the compiler cannot know that what is added is
/// not what is written to. width 0: sums is out.
template <std::size_t width, class Score, class Add>
inline void add_in_registers(Score* out, Add add) noexcept {
  if constexpr (width == 0) {
    add(out);
  } else {
    Score sums[width] = {};
    add(sums);
    add_leaf<width>(sums, width, out);
  }
}

/// Calls what with the width as a constant, where it is a common one.
template <class What>
inline void with_width(std::size_t width, What what) noexcept {
  switch (width) {
    case 1: return what.template operator()<1>();
    case 2: return what.template operator()<2>();
    case 3: return what.template operator()<3>();
    default: return what.template operator()<0>();
  }
}
}  // namespace headroom::model
