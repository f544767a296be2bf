// A forest's trees as tiles, for processors that have kernels for them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/matrix_view.h"
#include "model/model.h"
#include "model/tiled_trees.h"

namespace headroom::model {
/// Leaves of `width` values. Const and thread-safe once finished.
class ForestTiles {
 public:
  /// Nothing where this processor has no kernel for so many inputs. first_tree: its nodes; the others will have about as many.
  [[nodiscard]] static std::optional<ForestTiles> of(std::size_t n_inputs, std::size_t width, std::size_t first_tree);

  /// rows: one a node, of leaves their row of values. False where TiledTrees::add says it: then nothing here may be used.
  [[nodiscard]] bool add(const GroveTree<std::uint32_t>& tree, std::span<const std::uint32_t> rows);
  /// Once, behind the last tree. values: [rows, width].
  void finish(std::vector<double> values);
  [[nodiscard]] std::size_t n_trees() const noexcept { return trees_.n_trees(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return trees_.bytes() + leaf_rows_.size() * sizeof(std::uint32_t) + values_.size() * sizeof(double); }
  [[nodiscard]] const char* kernel() const noexcept { return trees_.kernel(); }

  /// Rows that are best taken at once.
  static constexpr std::size_t kMostRows = kTileTogether;
  /// Adds each tree's leaf, in the order in which trees were added. NaN goes right. out: [width], or [rows, width] of at most kMostRows.
  void add_row(std::span<const double> row, double* out) const noexcept;
  void add_rows(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept;

 private:
  ForestTiles(TiledTrees<std::uint32_t> trees, std::size_t width) : trees_(std::move(trees)), width_(width) {}

  TiledTrees<std::uint32_t> trees_;
  std::size_t width_;
  std::vector<std::uint32_t> leaf_rows_;   // of each leaf; none if values_ are in the order of leaves, or leaves are numbered by rows
  std::vector<double> values_;
};
}  // namespace headroom::model
