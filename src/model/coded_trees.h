// A booster's trees in their fast form, for trees without categories and linear leaves.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/matrix_view.h"
#include "model/codes.h"
#include "model/grove.h"
#include "model/grove_scores.h"
#include "model/model.h"
#include "model/ordered_floats.h"
#include "model/shallow_trees.h"
#include "model/tile_rows.h"
#include "model/tiled_scores.h"

namespace headroom::model {
/// Encoder: Codes<Threshold, Node::Value> or OrderedFloats.
template <class Node, class Encoder, class Threshold, class Score>
class CodedTrees {
 public:
  using Value = typename Node::Value;
  using Signed = typename Grove<Node>::Signed;
  static constexpr std::size_t kBlockRows = Grove<Node>::kBlockRows;

  /// size: room is made for so much. needs_walks: unless no missing value goes left and no tree is shallow; then tiles may do alone.
  CodedTrees(Encoder encoder, std::size_t n_inputs, std::size_t width, std::size_t groups, ForestSize size, bool needs_walks)
      : encoder_(std::move(encoder)), n_inputs_(n_inputs), width_(width), groups_(groups), walked_(width, groups) {
    if constexpr (kHasTiles) tiled_ = Tiled::of(n_inputs, size.nodes / size.trees >= kManyNodes, width, groups);
    is_tiled_alone_ = tiled_ && !needs_walks;
    is_tiled_alone_ ? tiled_->reserve(size) : walked_.reserve(size);
  }

  [[nodiscard]] const Encoder& encoder() const noexcept { return encoder_; }
  /// tree: thresholds as `encoder` tells them; a node at which missing values go left looks at its input's number + n_inputs. values: `width` a
  /// node; only leaves' are read. group: score that a leaf of one value is added to, else 0. False where tiles alone do not do; then once
  /// `walk_all`, and all trees again.
  [[nodiscard]] bool add(const GroveTree<Value>& tree, std::span<const Score> values, std::uint32_t group) {
    if (!is_tiled_alone_) walked_.add(tree, values, group);
    if constexpr (kHasTiles) {
      if (tiled_ && !tiled_->add(tree, values, group)) tiled_.reset();
    }
    return tiled_ || !is_tiled_alone_;
  }
  void walk_all() noexcept {
    is_tiled_alone_ = false;
    tiled_.reset();
  }
  void finish() {
    walked_.finish();
    if (width_ == 1 && !is_tiled_alone_ && walked_.grove().is_shallow()) shallow_.emplace(walked_.grove(), walked_.values(), walked_.group(), groups_, n_inputs_);
    if constexpr (kHasTiles) {
      if (is_shallow()) tiled_.reset();
      if (tiled_) tiled_->finish();
    }
  }
  /// How one row without missing values goes through the trees: "63 nodes at once, AVX2".
  [[nodiscard]] std::string kernel() const {
    if (is_shallow()) return std::string("63 nodes at once, ") + shallow_->kernel();
    if constexpr (kHasTiles) {
      if (tiled_) return std::string("tiles of ") + std::to_string(Tile<Value>::kExits - 1) + " nodes, " + tiled_->kernel();
    }
    return "8 walks in flight, " + std::to_string(sizeof(Node)) + "-byte nodes";
  }
  /// Whether a row in which nothing is missing is compared with whole trees at once.
  [[nodiscard]] bool is_shallow() const noexcept { return shallow_ && shallow_->takes_rows(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return walked_.bytes() + encoder_.bytes() + (shallow_ ? shallow_->bytes() : 0) + (tiled_ ? tiled_->bytes() : 0); }

  /// One row of inputs. out: [groups]; each tree's leaf is added in the order of trees.
  void add_row(const Threshold* inputs, bool any_missing, Score* out, CodedScratch& scratch) const noexcept {
    if constexpr (kHasTiles) {
      if (tiled_ ? !any_missing || is_tiled_alone_ : !any_missing && is_shallow()) {
        alignas(64) Value codes[kTileInputs<Value>];
        encoder_.encode(inputs, codes);
        for (std::size_t j = n_inputs_; j < kTileInputs<Value>; ++j) codes[j] = 0;
        const Signed* biased = bias(codes, kTileInputs<Value>);
        if constexpr (sizeof(Value) == 1) {
          if (is_shallow()) return shallow_->add_row(biased, out);
        }
        return tiled_->add_row(biased, out);
      }
    }
    scratch.bytes.resize(2 * n_inputs_ * sizeof(Value));
    auto* row = reinterpret_cast<Value*>(scratch.bytes.data());
    encode(inputs, row);
    walked_.add_row(row, out, scratch.at);
  }
  /// Rows, best some hundred of them at once. out: [rows, groups].
  void add_block(MatrixView<const Threshold> inputs, bool any_missing, Score* out, CodedScratch& scratch) const noexcept {
    if constexpr (kHasTiles) {
      if (tiled_ && (!any_missing || is_tiled_alone_)) return add_tiled(inputs, out, scratch);
    }
    for (std::size_t first = 0; first < inputs.rows(); first += kBlockRows) {
      const std::size_t count = std::min(kBlockRows, inputs.rows() - first);
      add_walked({inputs.row(first).data(), count, inputs.columns()}, out + first * groups_, scratch);
    }
  }

 private:
  static constexpr std::size_t kManyNodes = 300;   // 150 leaves
  static constexpr bool kHasTiles = sizeof(Value) != 2;
  using Tiled = TiledScores<std::conditional_t<kHasTiles, Value, std::uint8_t>, Score>;

  /// At most kBlockRows rows.
  void add_walked(MatrixView<const Threshold> inputs, Score* out, CodedScratch& scratch) const noexcept {
    const std::size_t width = 2 * n_inputs_;
    scratch.bytes.resize(2 * width * kBlockRows * sizeof(Value));
    auto* rows = reinterpret_cast<Value*>(scratch.bytes.data());
    auto* columns = reinterpret_cast<Signed*>(rows + width * kBlockRows);
    for (std::size_t i = 0; i < inputs.rows(); ++i) encode(inputs.row(i).data(), rows + i * width);
    for (std::size_t j = 0; j < width; ++j) {
      for (std::size_t i = 0; i < inputs.rows(); ++i) columns[j * kBlockRows + i] = Grove<Node>::biased(rows[i * width + j]);
      std::fill(columns + j * kBlockRows + inputs.rows(), columns + (j + 1) * kBlockRows, Signed{0});
    }
    if (shallow_) return shallow_->add_block(walked_.grove(), columns, inputs.rows(), out);
    walked_.add_block({rows, inputs.rows(), width}, columns, out);
  }

  /// In place.
  static const Signed* bias(Value* codes, std::size_t count) noexcept {
    for (std::size_t j = 0; j < count; ++j) codes[j] ^= static_cast<Value>(Value{1} << (8 * sizeof(Value) - 1));
    return reinterpret_cast<const Signed*>(codes);
  }
  void add_tiled(MatrixView<const Threshold> inputs, Score* out, CodedScratch& scratch) const noexcept {
    const auto encode_row = [&](std::size_t i, Signed* row) {
      auto* codes = reinterpret_cast<Value*>(row);
      encoder_.encode(inputs.row(i).data(), codes);
      bias(codes, n_inputs_);
    };
    tiled_->add_block(tile_rows(tiled_->trees(), inputs.rows(), scratch.bytes, encode_row), out);
  }
  /// Inputs stand twice: nodes at which missing values go left look at the second one.
  void encode(const Threshold* inputs, Value* row) const noexcept {
    encoder_.encode(inputs, row);
    for (std::size_t j = 0; j < n_inputs_; ++j) row[n_inputs_ + j] = std::isnan(inputs[j]) ? Value{0} : row[j];
  }
  Encoder encoder_;
  std::size_t n_inputs_, width_, groups_;
  GroveScores<Node, Score> walked_;
  std::optional<ShallowTrees<Node, Score>> shallow_;
  std::optional<Tiled> tiled_;         // for rows in which nothing is missing, or for all
  bool is_tiled_alone_ = false;        // then walked_ is empty
};
}  // namespace headroom::model
