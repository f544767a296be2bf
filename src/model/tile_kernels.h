// The kernels of tile.h for one instruction set. Included by a file for each, compiled for it: nothing here may be shared with other files, or
// the linker could give them code that their processor does not have.
#pragma once
#include "model/tile_paths.h"

namespace headroom::model {
namespace {
/// Isa: Value; kRowLength; Row, made of a row's values; above(row, thresholds, inputs) and above(row, tile): bit k is whether the k-th
/// node's input is above its threshold;
/// transpose, where it has one of its own; keep(is_over, n, open): of the first n of `open` those whose highest bit in is_over is not set, in order, to the front, and how many. Both
/// are aligned, and what is behind n may be read, and 64 of `open` behind what is kept be written.
template <class Isa>
struct Kernels {
  using Value = typename Isa::Value;
  using Signed = std::make_signed_t<Value>;

  static void transpose(const Signed* rows, Signed* columns) noexcept {
    if constexpr (requires { Isa::transpose(rows, columns); }) return Isa::transpose(rows, columns);
    for (std::size_t j = 0; j < Isa::kRowLength; ++j) {
      for (std::size_t i = 0; i < 64; ++i) columns[j * 64 + i] = rows[i * Isa::kRowLength + j];
    }
  }

  static void tops(const TopThresholds<Value>* thresholds, const TopInputs<Value>* inputs, std::size_t count, const Signed* values, std::uint8_t* paths) noexcept {
    const typename Isa::Row row(values);
    for (std::size_t t = 0; t < count; ++t) paths[t] = static_cast<std::uint8_t>(path_of<Isa>(row, thresholds[t], inputs[t]));
  }

  static void row(const TileView<Value>& view, std::size_t first, std::size_t count, const Signed* values, std::uint16_t* exits) noexcept {
    view.is_far ? row_of<true>(view, first, count, values, exits) : row_of<false>(view, first, count, values, exits);
  }

  static void tree(const Tile<Value>* tiles, std::size_t count, const Signed* rows, std::uint16_t* exits) noexcept {
    Walks walks(exits);
    for (std::size_t i = 0; i < count; ++i) walks.begin(i, exits[i]);
    walks.finish(count, [&](std::size_t i) {
      const Tile<Value>& tile = tiles[exits[i]];
      return tile.exit[path_of<Isa>(typename Isa::Row(rows + i * Isa::kRowLength), tile)];
    });
  }

  static void row_once(const TileView<Value>& view, std::size_t first, std::size_t count, const Signed* values, std::uint16_t* exits) noexcept {
    const typename Isa::Row row(values);
    for (std::size_t t = first; t < first + count; ++t) {
      const Tile<Value>& tile = view.tiles[view.first_tile[t] + path_of<Isa>(row, view.thresholds[t], view.inputs[t])];
      *exits++ = tile.exit[path_of<Isa>(row, tile)];
    }
  }

  static void tree_once(const Tile<Value>* tiles, std::size_t count, const Signed* rows, const Signed* paths, std::uint16_t* exits) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      const Tile<Value>& tile = tiles[static_cast<std::size_t>(paths[i])];
      exits[i] = tile.exit[path_of<Isa>(typename Isa::Row(rows + i * Isa::kRowLength), tile)];
    }
  }

 private:
  template <bool is_far>
  static void row_of(const TileView<Value>& view, std::size_t first, std::size_t count, const Signed* values, std::uint16_t* exits) noexcept {
    const typename Isa::Row row(values);
    const TopThresholds<Value>* thresholds = view.thresholds + first;
    const TopInputs<Value>* inputs = view.inputs + first;
    const std::uint32_t* first_tile = view.first_tile + first;
    const Tile<Value>* tiles = view.tiles;
    Walks walks(exits);
    const auto fetch = [&](std::size_t t, std::uint16_t exit) {
      if constexpr (is_far) __builtin_prefetch(tiles + (first_tile[t] + (exit & goes_on(exit))));
    };
    const auto leave_tops = [&](auto exit_of) {
      for (std::size_t t = 0; t < count; ++t) {
        const std::uint16_t exit = exit_of(t, path_of<Isa>(row, thresholds[t], inputs[t]));
        fetch(t, exit);
        walks.begin(t, exit);
      }
    };
    if (view.exits == nullptr) leave_tops([](std::size_t, std::size_t path) { return static_cast<std::uint16_t>(path); });
    else leave_tops([top_exits = view.exits + first](std::size_t t, std::size_t path) { return top_exits[t].exit[path]; });
    walks.finish(count, [&](std::size_t t) {
      const Tile<Value>& tile = tiles[first_tile[t] + exits[t]];
      const std::uint16_t exit = tile.exit[path_of<Isa>(row, tile)];
      fetch(t, exit);
      return exit;
    });
  }

  /// All bits if a walk goes on. Bits, not a comparison: which walks are over cannot be foreseen, and the compiler would make it a branch.
  static std::uint32_t goes_on(std::uint16_t exit) noexcept { return (std::uint32_t{exit} >> 15U) - 1U; }

  /// The walks that are not over. They are told apart in passes of their own: a loop that wrote down only those that go on would write to places
  /// that it learns late, and the loads behind such a store wait (a step took twice as long).
  class Walks {
   public:
    explicit Walks(std::uint16_t* exits) noexcept : exits_(exits) {}
    /// Walks begin in order, from 0 on.
    void begin(std::size_t walk, std::uint16_t exit) noexcept {
      open_[walk] = static_cast<std::uint8_t>(walk);
      went(walk, walk, exit);
    }
    template <class Step>
    void finish(std::size_t count, Step step) noexcept {
      for (std::size_t n = Isa::keep(is_over_, count, open_); n > 0; n = Isa::keep(is_over_, n, open_)) {
        for (std::size_t k = 0; k < n; ++k) went(k, open_[k], step(open_[k]));
      }
    }

   private:
    void went(std::size_t k, std::size_t walk, std::uint16_t exit) noexcept {
      exits_[walk] = exit;
      is_over_[k] = static_cast<std::uint8_t>(exit >> 8U);
    }
    std::uint16_t* exits_;
    alignas(64) std::uint8_t open_[kTileTogether + 64];   // which walks
    alignas(64) std::uint8_t is_over_[kTileTogether];     // whether the highest bit is set
  };
};

template <class Isa>
constexpr TileKernels<typename Isa::Value> kernels_of(const char* name) {
  return {name, Isa::kRowLength, Kernels<Isa>::transpose, Kernels<Isa>::tops, Kernels<Isa>::row, Kernels<Isa>::tree, Kernels<Isa>::row_once, Kernels<Isa>::tree_once};
}
}  // namespace
}  // namespace headroom::model
