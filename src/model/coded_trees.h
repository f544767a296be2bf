// A booster's trees in their fast form, for trees without categories and linear leaves.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/matrix_view.h"
#include "model/add_leaf.h"
#include "model/codes.h"
#include "model/grove.h"
#include "model/model.h"
#include "model/row_top.h"
#include "model/shallow_trees.h"

namespace headroom::model {
/// Floats without thresholds of their own: the interface of Codes.
struct OrderedFloats {
  [[nodiscard]] static std::size_t bytes() noexcept { return 0; }
  [[nodiscard]] static std::uint32_t of_threshold(std::size_t, float value) noexcept { return std::isnan(value) ? 0 : ordered_bits(value); }
  void encode(const float* inputs, std::uint32_t* out) const noexcept {
    for (std::size_t j = 0; j < width; ++j) out[j] = std::isnan(inputs[j]) ? kMissingRight : ordered_bits(inputs[j]);
  }
  std::size_t width;
};

/// A tree as it is read. Node 0 is the root; a node is a leaf if left < 0. One entry a node, but `values` has `width`.
template <class Threshold, class Score>
struct PlainTree {
  std::vector<std::int32_t> left, right;
  std::vector<std::uint32_t> feature;
  std::vector<Threshold> threshold;
  std::vector<std::uint8_t> missing_left;
  std::vector<Score> values;
  std::uint32_t group = 0;   // score that a leaf of one value is added to
};

/// Encoder: Codes<Threshold, Node::Value> or OrderedFloats.
template <class Node, class Encoder, class Threshold, class Score>
class CodedTrees {
 public:
  using Value = typename Node::Value;
  using Signed = typename Grove<Node>::Signed;
  static constexpr std::size_t kBlockRows = Grove<Node>::kBlockRows;

  CodedTrees(Encoder encoder, std::size_t n_inputs, std::size_t width, std::size_t groups) : encoder_(std::move(encoder)), n_inputs_(n_inputs), width_(width), groups_(groups) {}

  void add(const PlainTree<Threshold, Score>& tree) {
    GroveTree<Value> coded{tree.left, tree.right, {}, {}};
    coded.feature.resize(tree.left.size());
    coded.threshold.resize(tree.left.size());
    for (std::size_t i = 0; i < tree.left.size(); ++i) {
      if (tree.left[i] < 0) continue;
      coded.feature[i] = tree.feature[i] + (tree.missing_left[i] != 0 ? static_cast<std::uint32_t>(n_inputs_) : 0U);
      coded.threshold[i] = encoder_.of_threshold(tree.feature[i], tree.threshold[i]);
    }
    const auto places = grove_.add(coded);
    values_.resize(grove_.n_places() * width_);
    for (std::size_t i = 0; i < tree.left.size(); ++i) {
      if (tree.left[i] < 0) std::copy_n(tree.values.begin() + static_cast<std::ptrdiff_t>(i * width_), width_, values_.begin() + static_cast<std::ptrdiff_t>(places[i] * width_));
    }
    group_.push_back(width_ == 1 ? tree.group : 0);
  }
  void finish() {
    grove_.finish();
    if (width_ == 1 && grove_.is_shallow()) shallow_.emplace(grove_, values_, group_, groups_, n_inputs_);
    values_.shrink_to_fit();
  }
  /// Whether a row in which nothing is missing is compared with whole trees at once.
  [[nodiscard]] bool is_shallow() const noexcept { return shallow_ && shallow_->takes_rows(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return grove_.bytes() + encoder_.bytes() + (shallow_ ? shallow_->bytes() : 0) + values_.size() * sizeof(Score); }

  /// One row of inputs. out: [groups]; each tree's leaf is added in the order of trees.
  void add_row(const Threshold* inputs, bool any_missing, Score* out, CodedScratch& scratch) const noexcept {
    if constexpr (sizeof(Value) == 1) {
      if (!any_missing && is_shallow()) {
        std::uint8_t codes[RowTops::kMostInputs] = {};
        encoder_.encode(inputs, codes);
        return shallow_->add_row(codes, out);
      }
    }
    scratch.bytes.resize(2 * n_inputs_ * sizeof(Value));
    scratch.at.resize(grove_.n_trees());
    auto* row = reinterpret_cast<Value*>(scratch.bytes.data());
    encode(inputs, row);
    grove_.walk_row(row, scratch.at.data());
    const std::uint32_t* at = scratch.at.data();
    if (width_ == 1 && groups_ == 1) {
      Score sum = out[0];   // in a register
      for (std::size_t t = 0; t < group_.size(); ++t) sum += values_[at[t]];
      out[0] = sum;
      return;
    }
    with_width(width_, [&]<std::size_t width>() {
      for (std::size_t t = 0; t < group_.size(); ++t) add_leaf<width>(values_.data() + at[t] * width_, width_, out + group_[t]);
    });
  }
  /// At most kBlockRows rows. out: [rows, groups].
  void add_block(MatrixView<const Threshold> inputs, Score* out, CodedScratch& scratch) const noexcept {
    const std::size_t width = 2 * n_inputs_;
    scratch.bytes.resize(2 * width * kBlockRows * sizeof(Value));
    auto* rows = reinterpret_cast<Value*>(scratch.bytes.data());
    auto* columns = reinterpret_cast<Signed*>(rows + width * kBlockRows);
    for (std::size_t i = 0; i < inputs.rows(); ++i) encode(inputs.row(i).data(), rows + i * width);
    for (std::size_t j = 0; j < width; ++j) {
      for (std::size_t i = 0; i < inputs.rows(); ++i) columns[j * kBlockRows + i] = Grove<Node>::biased(rows[i * width + j]);
      std::fill(columns + j * kBlockRows + inputs.rows(), columns + (j + 1) * kBlockRows, Signed{0});
    }
    if (shallow_) return shallow_->add_block(grove_, columns, inputs.rows(), out);
    std::uint32_t at[kBlockRows];
    with_width(width_, [&]<std::size_t of_leaf>() {
      for (std::size_t t = 0; t < group_.size(); ++t) {
        grove_.walk_tree(t, rows, width, columns, inputs.rows(), at);
        Score* scores = out + group_[t];
        for (std::size_t i = 0; i < inputs.rows(); ++i) add_leaf<of_leaf>(values_.data() + at[i] * width_, width_, scores + i * groups_);
      }
    });
  }

 private:
  /// Inputs stand twice: nodes at which missing values go left look at the second one.
  void encode(const Threshold* inputs, Value* row) const noexcept {
    encoder_.encode(inputs, row);
    for (std::size_t j = 0; j < n_inputs_; ++j) row[n_inputs_ + j] = std::isnan(inputs[j]) ? Value{0} : row[j];
  }
  Encoder encoder_;
  std::size_t n_inputs_, width_, groups_;
  Grove<Node> grove_;
  std::vector<Score> values_;          // `width` a place; only leaves' are read
  std::vector<std::uint32_t> group_;   // of each tree
  std::optional<ShallowTrees<Node, Score>> shallow_;
};
}  // namespace headroom::model
