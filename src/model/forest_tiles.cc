#include "model/forest_tiles.h"

#include <algorithm>
#include <bit>

#include "model/add_leaf.h"
#include "model/tile_rows.h"

namespace headroom::model {
namespace {
constexpr std::size_t kManyNodes = 128;         // of a tree: 64 leaves, where the top has 32 exits
constexpr std::size_t kHotValues = 1024;        // so few stay in the first-level cache
constexpr std::size_t kFewValues = 65536;       // so few may be repeated for each leaf that has them

/// Floats in their order as signed words, −0 and +0 as one; NaN is above all.
void fill(std::span<const double> row, std::int32_t* __restrict out) noexcept {
  const double* __restrict values = row.data();
  const std::size_t n = row.size();
  for (std::size_t j = 0; j < n; ++j) {   // without a branch, so that it is done for several values at once
    const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(values[j]) + 0.0F);
    const std::int32_t ordered = bits ^ (bits >> 31 & 0x7fffffff);
    const std::int32_t is_nan = (bits & 0x7fffffff) > 0x7f800000 ? -1 : 0;
    out[j] = (ordered & ~is_nan) | (is_nan & 0x7fffffff);
  }
}
}  // namespace

std::optional<ForestTiles> ForestTiles::of(std::size_t n_inputs, std::size_t width, std::size_t first_tree) {
  auto trees = TiledTrees<std::uint32_t>::of(n_inputs, first_tree >= kManyNodes);
  if (!trees) return std::nullopt;
  return ForestTiles(*std::move(trees), width);
}

bool ForestTiles::add(const GroveTree<std::uint32_t>& tree, std::span<const std::uint32_t> rows) {
  const std::size_t first = trees_.n_leaves();
  std::vector<std::uint32_t> numbers;
  if (!trees_.add(tree, numbers)) return false;
  leaf_rows_.resize(trees_.n_leaves());
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    if (tree.left[i] < 0) leaf_rows_[first + numbers[i]] = rows[i];
  }
  return true;
}

/// Where few leaves are the same, and where that takes little memory, values stand in the order of leaves: then those of a tree are neighbours.
/// Otherwise leaves are numbered by their row of values, if a number can tell it.
void ForestTiles::finish(std::vector<double> values) {
  trees_.finish();
  const std::size_t rows = values.size() / width_, leaves = leaf_rows_.size();
  if (values.size() > kHotValues && (rows >= leaves / 2 || leaves * width_ <= kFewValues)) {
    values_.resize(leaves * width_);
    for (std::size_t i = 0; i < leaves; ++i) std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(leaf_rows_[i] * width_), width_, values_.begin() + static_cast<std::ptrdiff_t>(i * width_));
    leaf_rows_ = {};
    return;
  }
  values_ = std::move(values);
  values_.shrink_to_fit();
  if (rows > kLeafExit) return;
  trees_.renumber([this](std::size_t leaf) { return leaf_rows_[leaf]; });
  leaf_rows_ = {};
}

void ForestTiles::add_row(std::span<const double> row, double* out) const noexcept {
  alignas(64) std::int32_t words[kTileInputs<std::uint32_t>];
  fill(row, words);
  for (std::size_t j = row.size(); j < kTileInputs<std::uint32_t>; ++j) words[j] = 0;
  const double* values = values_.data();
  const std::uint32_t* rows = leaf_rows_.empty() ? nullptr : leaf_rows_.data();
  const auto fetch = [&](std::size_t leaf) { __builtin_prefetch(rows == nullptr ? static_cast<const void*>(values + leaf * width_) : rows + leaf); };
  with_width(width_, [&]<std::size_t width>() {
    const std::size_t stride = width > 0 ? width : width_;
    add_in_registers<width>(out, [&](double* sums) {
      trees_.for_leaves(words, fetch, [&](std::size_t, std::size_t leaf) { add_leaf<width>(values + (rows == nullptr ? leaf : std::size_t{rows[leaf]}) * stride, stride, sums); });
    });
  });
}

void ForestTiles::add_rows(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept {
  const auto filled = tile_rows(trees_, rows.rows(), scratch.coded.bytes, [&](std::size_t i, std::int32_t* row) { fill(rows.row(i), row); });
  constexpr std::size_t kTogether = TiledTrees<std::uint32_t>::kTreesTogether;
  std::uint16_t leaves[kTogether * kTileTogether];
  const double* values = values_.data();
  with_width(width_, [&]<std::size_t width>() {
    const std::size_t stride = width > 0 ? width : width_;
    const auto add = [&](std::size_t tree, const std::uint16_t* of_rows) {
      const std::size_t base = trees_.leaf_base(tree);
      if (leaf_rows_.empty()) {
        for (std::size_t i = 0; i < filled.count; ++i) add_leaf<width>(values + (base + of_rows[i]) * stride, stride, out + i * stride);
      } else {
        for (std::size_t i = 0; i < filled.count; ++i) add_leaf<width>(values + leaf_rows_[base + of_rows[i]] * stride, stride, out + i * stride);
      }
    };
    for (std::size_t first = 0; first < n_trees(); first += kTogether) {
      const std::size_t count = std::min(kTogether, n_trees() - first);
      trees_.walk_trees({first, count}, filled, leaves);
      for (std::size_t k = 0; k < count; ++k) add(first + k, leaves + k * kTileTogether);
    }
  });
}
}  // namespace headroom::model
