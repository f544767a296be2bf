#include "model/tiled_trees.h"

#include <algorithm>
#include <limits>

#include "model/trim.h"

namespace headroom::model {
template <class Value>
std::optional<TiledTrees<Value>> TiledTrees<Value>::of(std::size_t n_inputs, bool many_leaves) {
  const auto kernels = tile_kernels<Value>(n_inputs);
  if (kernels.empty() || n_inputs == 0) return std::nullopt;
  return TiledTrees(n_inputs, many_leaves, kernels.back());
}

/// Cuts one tree. A leaf above the last level of a tile is found by all exits below it, whatever its nodes there decide.
template <class Value>
class TiledTrees<Value>::Cutter {
 public:
  Cutter(TiledTrees& out, const GroveTree<Value>& tree, std::vector<std::uint32_t>& numbers) : out_(out), tree_(tree), numbers_(numbers) { numbers_.assign(tree.left.size(), kNoLeaf); }

  bool cut() {
    constexpr std::size_t kNodes = kTopNodes<Value>;
    const auto at = heap(0, kNodes);
    auto& thresholds = out_.thresholds_.emplace_back();
    auto& inputs = out_.inputs_.emplace_back();
    out_.first_tile_.push_back(static_cast<std::uint32_t>(out_.tiles_.size()));
    out_.first_leaf_.push_back(static_cast<std::uint32_t>(out_.n_leaves_));
    for (std::size_t i = 0; i < kNodes; ++i) {
      const auto place = top_position<Value>(i);
      thresholds.threshold[place] = threshold(at[i]);
      inputs.input[place] = input(at[i]);
      out_.top_thresholds_.push_back(threshold(at[i]));
      out_.top_features_.push_back(input(at[i]));
    }
    const std::span<const std::uint32_t> behind = std::span(at).subspan(kNodes);
    if (out_.many_leaves_) {
      for (const auto node : behind) open(node);
    } else {
      auto& exits = out_.exits_.emplace_back();
      std::ranges::transform(behind, exits.exit, [this](std::uint32_t node) { return exit(node); });
    }
    while (!open_.empty() && fits()) {
      const auto [root, number] = open_.back();
      open_.pop_back();
      fill(root, number);
    }
    out_.n_leaves_ += n_leaves_;
    return fits();
  }

 private:
  static constexpr std::uint32_t kNoLeaf = 0xffffffffU;
  struct Open {
    std::uint32_t root, number;
  };
  [[nodiscard]] bool fits() const { return n_tiles_ < kLeafExit && n_leaves_ < kLeafExit && out_.n_leaves_ + n_leaves_ < kNoLeaf && out_.tiles_.size() < kNoLeaf; }
  [[nodiscard]] bool is_leaf(std::uint32_t node) const { return tree_.left[node] < 0; }
  [[nodiscard]] Signed threshold(std::uint32_t node) const { return Grove<std::conditional_t<sizeof(Value) == 1, ByteNode, WordNode>>::biased(is_leaf(node) ? Value{0} : tree_.threshold[node]); }
  [[nodiscard]] std::uint8_t input(std::uint32_t node) const { return is_leaf(node) ? std::uint8_t{0} : static_cast<std::uint8_t>(tree_.feature[node] % out_.n_inputs_); }
  /// The nodes at each position below `root`, exits too; a leaf stands for all that is below it.
  [[nodiscard]] std::vector<std::uint32_t> heap(std::uint32_t root, std::size_t nodes) const {
    std::vector<std::uint32_t> at(2 * nodes + 1, root);
    for (std::size_t i = 0; i < nodes; ++i) {
      at[2 * i + 1] = is_leaf(at[i]) ? at[i] : static_cast<std::uint32_t>(tree_.left[at[i]]);
      at[2 * i + 2] = is_leaf(at[i]) ? at[i] : static_cast<std::uint32_t>(tree_.right[at[i]]);
    }
    return at;
  }
  std::uint16_t exit(std::uint32_t node) {
    if (is_leaf(node)) {
      if (numbers_[node] == kNoLeaf) numbers_[node] = n_leaves_++;
      return static_cast<std::uint16_t>(kLeafExit | (numbers_[node] & 0x7fffU));
    }
    return open(node);
  }
  std::uint16_t open(std::uint32_t root) {
    open_.push_back({root, n_tiles_});
    out_.tiles_.emplace_back();
    return static_cast<std::uint16_t>(n_tiles_++ & 0x7fffU);
  }
  void fill(std::uint32_t root, std::uint32_t number) {
    constexpr std::size_t kNodes = Tile<Value>::kExits - 1;
    const auto at = heap(root, kNodes);
    Tile<Value> tile{};
    for (std::size_t i = 0; i < kNodes; ++i) {
      tile.threshold[i] = threshold(at[i]);
      tile.input[i] = input(at[i]);
    }
    tile.threshold[kNodes] = std::numeric_limits<Signed>::max();   // nothing is above: this bit stays 0
    for (std::size_t i = 0; i <= kNodes; ++i) tile.exit[i] = exit(at[kNodes + i]);
    out_.tiles_[out_.first_tile_.back() + number] = tile;
  }

  TiledTrees& out_;
  const GroveTree<Value>& tree_;
  std::vector<std::uint32_t>& numbers_;
  std::vector<Open> open_;
  std::uint32_t n_tiles_ = 0, n_leaves_ = 0;
};

template <class Value>
bool TiledTrees<Value>::add(const GroveTree<Value>& tree, std::vector<std::uint32_t>& numbers) {
  // What many trees of a few leaves would take is bounded by their leaves: a top takes 400 bytes, and all tiles behind it 2 to 4 KiB.
  constexpr std::size_t kFree = std::size_t{2} << 20U, kOfLeaf = 96;
  return Cutter(*this, tree, numbers).cut() && bytes() <= kFree + kOfLeaf * n_leaves_;
}

template <class Value>
void TiledTrees<Value>::finish() {
  constexpr std::size_t kSecondLevelCache = std::size_t{512} << 10U;   // of small processors
  is_far_ = tiles_.size() * sizeof(Tile<Value>) > kSecondLevelCache;
  const auto is_over = [](const Tile<Value>& tile) { return std::ranges::all_of(tile.exit, [](std::uint16_t exit) { return exit >= kLeafExit; }); };
  is_once_ = many_leaves_ && std::ranges::all_of(tiles_, is_over);
  trim(thresholds_, inputs_, exits_, tiles_, top_thresholds_, top_features_);
}

template <class Value>
std::size_t TiledTrees<Value>::bytes() const noexcept {
  return inputs_.size() * (sizeof(TopThresholds<Value>) + sizeof(TopInputs<Value>) + 8) + exits_.size() * sizeof(TopExits<Value>) + tiles_.size() * sizeof(Tile<Value>) + top_thresholds_.size() * sizeof(Value) + top_features_.size() * 2;
}

/// Where 64 rows leave a tree's top.
template <class Value>
void TiledTrees<Value>::leave_top(std::size_t tree, const Signed* columns, Signed* paths) const noexcept {
  static const TopKernels& tops = top_kernels().back();
  constexpr std::size_t kNodes = kTopNodes<Value>;
  const Signed* thresholds = top_thresholds_.data() + tree * kNodes;
  const std::uint16_t* features = top_features_.data() + tree * kNodes;
  if constexpr (sizeof(Value) == 1) tops.bytes(thresholds, features, columns, paths);
  else tops.words(thresholds, features, columns, paths);
}

template <class Value>
void TiledTrees<Value>::walk_trees(Trees trees, const TileRows<Value>& rows, std::uint16_t* leaves) const noexcept {
  constexpr std::size_t kBlock = 64;
  Signed paths[kBlock];
  for (std::size_t first = 0; first < rows.count; first += kBlock) {
    const std::size_t here = std::min(kBlock, rows.count - first);
    for (std::size_t t = trees.first; t < trees.first + trees.count; ++t) {
      std::uint16_t* out = leaves + (t - trees.first) * kTileTogether + first;
      leave_top(t, rows.columns + first * row_length(), paths);
      if (is_once_) {
        kernels_.tree_once(tiles_.data() + first_tile_[t], here, rows.rows + first * row_length(), paths, out);
      } else if (many_leaves_) {
        std::copy_n(paths, here, out);
      } else {
        for (std::size_t i = 0; i < here; ++i) out[i] = exits_[t].exit[paths[i]];
      }
    }
  }
  for (std::size_t t = 0; t < trees.count && !is_once_; ++t) kernels_.tree(tiles_.data() + first_tile_[trees.first + t], rows.count, rows.rows, leaves + t * kTileTogether);
}

template class TiledTrees<std::uint8_t>;
template class TiledTrees<std::uint32_t>;
}  // namespace headroom::model
