// A tile: a few levels of a tree whose nodes are all compared at once, for one row; where it goes is looked up by the bits that this gives.
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "model/grove_top.h"

namespace headroom::model {
/// Levels of a tile, which with its exits fills a cache line.
template <class Value>
inline constexpr unsigned kTileLevels = sizeof(Value) == 1 ? 4 : 3;

/// Nodes in heap order: the children of i are 2i + 1 and 2i + 2. Input's value > threshold goes right; both are biased (Grove::biased), since
/// registers compare signed numbers. exit: kLeafExit + number of a leaf, or number of a tile; both of the tree.
template <class Value>
struct alignas(64) Tile {
  static constexpr std::size_t kExits = std::size_t{1} << kTileLevels<Value>;
  std::make_signed_t<Value> threshold[kExits];
  std::uint16_t exit[kExits];
  std::uint8_t input[kExits];
};
inline constexpr std::uint16_t kLeafExit = 0x8000;

/// Trees' first levels (kTopLevels) as they are compared for one row: not in heap order, but at top_position<Value>(i). Side by side, so that
/// they fill cache lines.
template <class Value>
struct alignas(sizeof(Value) == 1 ? 64 : 128) TopThresholds {
  static constexpr std::size_t kExits = std::size_t{1} << kTopLevels<Value>;
  std::make_signed_t<Value> threshold[kExits];
};
template <class Value>
struct alignas(sizeof(Value) == 1 ? 64 : 32) TopInputs {
  std::uint8_t input[TopThresholds<Value>::kExits];
};
/// Where the i-th node in heap order stands, so that small trees' decisions are neighbours in the bits of all comparisons. Of bytes the levels
/// 3 to 5 are eight trees of seven nodes, the s-th one's k-th node at 8s + k, and the levels 0 to 2 are one such tree, its k-th node at 8k + 7.
/// Of words the levels 0 to 2 come first, then the levels 3 and 4 as eight trees of three nodes.
template <class Value>
[[nodiscard]] std::size_t top_position(std::size_t i) noexcept;

/// Where a walk goes on from each exit of a tree's top, as Tile::exit.
template <class Value>
struct alignas(64) TopExits {
  std::uint16_t exit[TopThresholds<Value>::kExits];
};

/// What the kernels read. first_tile: of each tree. exits: nullptr if each exit of a top leads to the tree's tile of the same number.
template <class Value>
struct TileView {
  const TopThresholds<Value>* thresholds;
  const TopInputs<Value>* inputs;
  const TopExits<Value>* exits;
  const Tile<Value>* tiles;
  const std::uint32_t* first_tile;
  bool is_far;   // the tiles do not stay in the second-level cache, so it pays to ask for them early
};
inline constexpr std::size_t kTileTogether = 256;   // trees of a row, or rows of a tree, in one call of a kernel: so many that the last ones on their way are few of them
/// Inputs that trees may have at most.
template <class Value>
inline constexpr std::size_t kTileInputs = sizeof(Value) == 1 ? 64 : 32;

/// Kernels of a processor for trees of so many inputs. row: row_length values. exits: kLeafExit + the leaf's number.
template <class Value>
struct TileKernels {
  using Signed = std::make_signed_t<Value>;
  const char* name = nullptr;
  std::size_t row_length = 0;   // values of a row that are read, whether or not the trees look at them: kTileInputs, or half of them
  /// 64 rows of row_length values as columns: row_length × 64.
  void (*transpose)(const Signed* rows, Signed* columns) noexcept = nullptr;
  /// Where one row leaves the tops of `count` trees: the decisions from the root on as bits, 1 = right, the first one highest.
  void (*tops)(const TopThresholds<Value>* thresholds, const TopInputs<Value>* inputs, std::size_t count, const Signed* row, std::uint8_t* paths) noexcept = nullptr;
  /// One row through `count` ≤ kTileTogether trees from the one numbered `first` on.
  void (*row)(const TileView<Value>& view, std::size_t first, std::size_t count, const Signed* row, std::uint16_t* exits) noexcept = nullptr;
  /// `count` ≤ kTileTogether rows, row_length values each, on from tiles of one tree. exits: where each starts, and where it ends.
  void (*tree)(const Tile<Value>* tiles, std::size_t count, const Signed* rows, std::uint16_t* exits) noexcept = nullptr;
  /// The same two for trees of which every walk that leaves the top is over after one tile more, if view.exits == nullptr. paths: the numbers
  /// of the tiles to go on from, exits[count].
  void (*row_once)(const TileView<Value>& view, std::size_t first, std::size_t count, const Signed* row, std::uint16_t* exits) noexcept = nullptr;
  void (*tree_once)(const Tile<Value>* tiles, std::size_t count, const Signed* rows, const Signed* paths, std::uint16_t* exits) noexcept = nullptr;
};
/// Those that this processor can run, the fastest last; none for more inputs than kTileInputs. All give the same.
template <class Value>
[[nodiscard]] std::vector<TileKernels<Value>> tile_kernels(std::size_t n_inputs);
}  // namespace headroom::model
