#include "model/tiled_trees.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/rng.h"

namespace headroom::model {
namespace {
template <class Value>
using NodeOf = std::conditional_t<sizeof(Value) == 1, ByteNode, WordNode>;

/// A random tree over few values, so that thresholds are met.
template <class Value>
GroveTree<Value> random_tree(std::size_t inputs, std::size_t leaves, Rng& rng) {
  GroveTree<Value> tree{{-1}, {-1}, {0}, {Value{0}}};
  while (tree.left.size() < 2 * leaves - 1) {
    const auto node = rng.below(2) == 0 ? tree.left.size() - 1 - rng.below(std::min<std::size_t>(tree.left.size(), 3)) : rng.below(tree.left.size());
    if (tree.left[node] >= 0) continue;
    tree.left[node] = static_cast<std::int32_t>(tree.left.size());
    tree.right[node] = tree.left[node] + 1;
    tree.feature[node] = static_cast<std::uint32_t>(rng.below(inputs));
    tree.threshold[node] = static_cast<Value>(rng.below(20));
    for (int child = 0; child < 2; ++child) {
      tree.left.push_back(-1);
      tree.right.push_back(-1);
      tree.feature.push_back(0);
      tree.threshold.push_back(Value{0});
    }
  }
  return tree;
}

template <class Value>
std::size_t leaf_of(const GroveTree<Value>& tree, const std::vector<Value>& row) {
  std::size_t node = 0;
  while (tree.left[node] >= 0) node = static_cast<std::size_t>(row[tree.feature[node]] > tree.threshold[node] ? tree.right[node] : tree.left[node]);
  return node;
}

template <class Value>
struct Forest {
  std::vector<GroveTree<Value>> trees;
  std::vector<std::vector<std::uint32_t>> numbers;
  TiledTrees<Value> tiled;
};

template <class Value>
void hold(const TileKernels<Value>& kernels, std::size_t inputs, std::size_t largest, bool many_leaves, Rng& rng) {
  using Signed = std::make_signed_t<Value>;
  Forest<Value> forest{{}, {}, TiledTrees<Value>(inputs, many_leaves, kernels)};
  for (int t = 0; t < 70; ++t) {
    forest.trees.push_back(random_tree<Value>(inputs, 1 + rng.below(largest), rng));
    ASSERT_TRUE(forest.tiled.add(forest.trees.back(), forest.numbers.emplace_back()));
  }
  forest.tiled.finish();
  constexpr std::size_t kRows = 150;
  const std::size_t length = forest.tiled.row_length(), blocks = 3;
  std::vector<std::vector<Value>> rows(kRows, std::vector<Value>(inputs));
  std::vector<Signed> biased(64 * blocks * length), columns(64 * blocks * length);
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t j = 0; j < inputs; ++j) {
      rows[i][j] = static_cast<Value>(rng.below(8) == 0 ? 0xffffffffU : 1 + rng.below(22));
      biased[i * length + j] = Grove<NodeOf<Value>>::biased(rows[i][j]);
    }
  }
  for (std::size_t b = 0; b < blocks; ++b) {
    forest.tiled.transpose(biased.data() + b * 64 * length, columns.data() + b * 64 * length);
    for (std::size_t k = 0; k < 64 * length; ++k) ASSERT_EQ(columns[b * 64 * length + k], biased[(b * 64 + k % 64) * length + k / 64]);
  }
  const auto expect = [&](std::size_t t, std::size_t i, std::uint16_t leaf) {
    const std::size_t base = forest.tiled.leaf_base(t) + kLeafExit;
    EXPECT_EQ(forest.tiled.leaf_base(t) + leaf, base + forest.numbers[t][leaf_of(forest.trees[t], rows[i])]) << kernels.name << ", tree " << t << ", row " << i;
  };
  std::vector<std::uint16_t> leaves(TiledTrees<Value>::kTreesTogether * kTileTogether);
  for (std::size_t t = 0; t < forest.trees.size(); ++t) {
    const std::size_t count = std::min(1 + t % TiledTrees<Value>::kTreesTogether, forest.trees.size() - t);
    forest.tiled.walk_trees({t, count}, {biased.data(), columns.data(), kRows}, leaves.data());
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t i = 0; i < kRows; ++i) expect(t + k, i, leaves[k * kTileTogether + i]);
    }
  }
  for (std::size_t i = 0; i < kRows; ++i) {
    forest.tiled.walk_row(biased.data() + i * length, 3, forest.trees.size() - 3, leaves.data());
    for (std::size_t t = 3; t < forest.trees.size(); ++t) expect(t, i, leaves[t - 3]);
  }
}

template <class Value>
void hold_all() {
  Rng rng(11);
  for (const std::size_t inputs : {1, 5, 16, 17, 32, 33, 64}) {
    for (const auto& kernels : tile_kernels<Value>(inputs)) {
      for (const std::size_t largest : {1, 8, 60, 400}) {
        hold<Value>(kernels, inputs, largest, false, rng);
        hold<Value>(kernels, inputs, largest, true, rng);
      }
    }
  }
}

TEST(TiledTrees, BytesGoWhereTheDefinitionSays) { hold_all<std::uint8_t>(); }
TEST(TiledTrees, WordsGoWhereTheDefinitionSays) { hold_all<std::uint32_t>(); }

TEST(TiledTrees, RenumberedLeavesAreTheCallers) {
  Rng rng(5);
  auto tiled = TiledTrees<std::uint8_t>::of(3, false);
  if (!tiled) GTEST_SKIP() << "this processor has no kernel";
  const auto tree = random_tree<std::uint8_t>(3, 200, rng);
  std::vector<std::uint32_t> numbers;
  ASSERT_TRUE(tiled->add(tree, numbers));
  tiled->finish();
  tiled->renumber([](std::size_t leaf) { return static_cast<std::uint32_t>(leaf % 7); });
  for (int i = 0; i < 100; ++i) {
    alignas(64) std::int8_t row[64] = {};
    std::vector<std::uint8_t> values;
    for (std::size_t j = 0; j < 3; ++j) {
      values.push_back(static_cast<std::uint8_t>(1 + rng.below(22)));
      row[j] = Grove<ByteNode>::biased(values.back());
    }
    std::uint16_t leaf = 0;
    tiled->walk_row(row, 0, 1, &leaf);
    EXPECT_EQ(tiled->leaf_base(0) + leaf, numbers[leaf_of(tree, values)] % 7);
  }
}

TEST(TiledTrees, ManyTinyTreesBehindALargeOneAreRefusedBeforeTheyTakeMuchMemory) {
  Rng rng(2);
  auto tiled = TiledTrees<std::uint8_t>::of(3, true);
  if (!tiled) GTEST_SKIP() << "this processor has no kernel";
  std::vector<std::uint32_t> numbers;
  ASSERT_TRUE(tiled->add(random_tree<std::uint8_t>(3, 400, rng), numbers));
  const auto tiny = random_tree<std::uint8_t>(3, 2, rng);
  std::size_t added = 0;
  while (added < 5000 && tiled->add(tiny, numbers)) ++added;
  EXPECT_LT(added, 1000U);
  EXPECT_LT(tiled->bytes(), std::size_t{3} << 20U);
}

TEST(TiledTrees, ATreeOfMoreLeavesThanCanBeNumberedIsRefused) {
  Rng rng(9);
  auto tiled = TiledTrees<std::uint8_t>::of(3, false);
  if (!tiled) GTEST_SKIP() << "this processor has no kernel";
  GroveTree<std::uint8_t> chain;
  for (std::int32_t i = 0; i < 40000; ++i) {
    for (const bool is_leaf : {false, true}) {
      chain.left.push_back(is_leaf ? -1 : 2 * i + 1);
      chain.right.push_back(is_leaf ? -1 : 2 * i + 2);
      chain.feature.push_back(0);
      chain.threshold.push_back(1);
    }
  }
  chain.left[chain.left.size() - 2] = chain.right[chain.right.size() - 2] = -1;
  // A node's children are the leaf at 2i + 1 and the next node at 2i + 2.
  std::vector<std::uint32_t> numbers;
  EXPECT_FALSE(tiled->add(chain, numbers));
}
}  // namespace
}  // namespace headroom::model
