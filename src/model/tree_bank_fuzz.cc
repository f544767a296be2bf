// Any trees of a booster and any rows: whichever form they are compiled to, one row and many give, bit for bit, what the slow definition gives.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "model/tree_bank.h"
#include "testing/toy_forest.h"

using namespace headroom;

namespace {
struct Shape {
  testing_models::ToyForest forest;
  std::size_t groups = 1;      // scores of a row; leaves have classes values: 1, or one for each group
  double grid = 0;             // thresholds and cells are its multiples, so that they meet; 0: as they come
  bool has_missing = false;
  bool has_nan_thresholds = false;
};

double on_grid(double value, double grid) { return grid > 0 ? std::floor(value / grid) * grid : value; }

std::vector<model::BoosterTree> trees_of(const Shape& shape, Rng& rng) {
  std::vector<model::BoosterTree> trees;
  for (const auto& toy : testing_models::toy_trees(shape.forest, rng)) {
    model::BoosterTree tree;
    tree.left = toy.left;
    tree.right = toy.right;
    for (const auto feature : toy.feature) tree.feature.push_back(feature < 0 ? 0 : static_cast<std::uint32_t>(feature));
    for (const double threshold : toy.threshold) {
      const bool is_nan = shape.has_nan_thresholds && rng.below(50) == 0;
      tree.threshold.push_back(is_nan ? std::numeric_limits<double>::quiet_NaN() : on_grid(threshold, shape.grid));
    }
    tree.missing_left = toy.missing_left;
    tree.values = toy.values;
    tree.group = shape.forest.classes == 1 ? static_cast<std::uint32_t>(rng.below(shape.groups)) : 0;
    trees.push_back(std::move(tree));
  }
  return trees;
}

template <class Threshold>
std::vector<Threshold> cells_of(const Shape& shape, std::size_t count, Rng& rng) {
  std::vector<Threshold> cells(count);
  for (Threshold& cell : cells) {
    switch (rng.below(10)) {
      case 0: cell = shape.has_missing ? std::numeric_limits<Threshold>::quiet_NaN() : Threshold{-0.0}; break;
      case 1: cell = std::numeric_limits<Threshold>::infinity(); break;
      case 2: cell = -std::numeric_limits<Threshold>::infinity(); break;
      case 3: cell = std::numeric_limits<Threshold>::denorm_min(); break;
      default: cell = static_cast<Threshold>(on_grid(rng.uniform(), shape.grid));
    }
  }
  return cells;
}

template <class Threshold, class Score>
void add_by_definition(const std::vector<model::BoosterTree>& trees, std::size_t width, const Threshold* row, Score* out) {
  for (const auto& tree : trees) {
    std::size_t node = 0;
    while (tree.left[node] >= 0) {
      const Threshold value = row[tree.feature[node]];
      const bool left = std::isnan(value) ? tree.missing_left[node] != 0 : value <= static_cast<Threshold>(tree.threshold[node]);
      node = static_cast<std::size_t>(left ? tree.left[node] : tree.right[node]);
    }
    for (std::size_t k = 0; k < width; ++k) out[tree.group + k] += static_cast<Score>(tree.values[node * width + k]);
  }
}

template <class Threshold, class Score>
void hold(const Shape& shape, Rng& rng) {
  const std::size_t width = shape.forest.classes, groups = shape.groups, n_inputs = shape.forest.features;
  const auto trees = trees_of(shape, rng);
  model::TreeBank<Threshold, Score> bank(width, groups);
  for (const auto& tree : trees) bank.add(tree);
  bank.finish();
  constexpr std::size_t kRows = 64;
  const auto cells = cells_of<Threshold>(shape, kRows * n_inputs, rng);
  std::vector<Score> want(kRows * groups, Score{0.5});
  for (std::size_t i = 0; i < kRows; ++i) add_by_definition<Threshold, Score>(trees, width, cells.data() + i * n_inputs, want.data() + i * groups);
  const bool any_missing = std::ranges::any_of(cells, [](Threshold cell) { return std::isnan(cell); });
  model::CodedScratch scratch;
  const auto is_wanted = [&](const std::vector<Score>& got, std::size_t rows) { return std::memcmp(got.data(), want.data(), rows * groups * sizeof(Score)) == 0; };
  std::vector<Score> got(kRows * groups, Score{0.5});
  for (std::size_t i = 0; i < kRows; ++i) {
    const Threshold* row = cells.data() + i * n_inputs;
    const bool is_missing = std::any_of(row, row + n_inputs, [](Threshold cell) { return std::isnan(cell); });
    bank.add_row(row, is_missing, {}, got.data() + i * groups, scratch);
  }
  CHECK(is_wanted(got, kRows));
  for (const std::size_t count : {std::size_t{1}, std::size_t{7}, std::size_t{33}, kRows}) {
    got.assign(kRows * groups, Score{0.5});
    bank.add_block({cells.data(), count, n_inputs}, any_missing, got.data(), scratch);
    CHECK(is_wanted(got, count));
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  std::uint64_t seed = 0;
  std::memcpy(&seed, data, 8);
  const auto choice = [&](std::size_t i, std::size_t most) { return std::size_t{1} + (i < size ? data[i] % most : 0); };
  Shape shape;
  const std::size_t width = choice(12, 4);
  shape.forest = {choice(8, 80), choice(9, 10) - 1, choice(10, 75), width, choice(11, 2) == 1};
  shape.groups = width > 1 ? width : choice(13, 3);
  shape.grid = std::array{0.0, 1.0 / 16, 1.0 / 256, 1.0 / 4096}[choice(14, 4) - 1];
  shape.has_missing = choice(15, 2) == 1;
  shape.has_nan_thresholds = choice(16, 4) == 1;
  Rng rng(seed);
  switch (choice(17, 3)) {
    case 1: hold<float, float>(shape, rng); break;
    case 2: hold<float, double>(shape, rng); break;
    default: hold<double, double>(shape, rng);
  }
  return 0;
}
