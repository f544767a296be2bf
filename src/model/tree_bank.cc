#include "model/tree_bank.h"

#include <cstring>

namespace headroom::model {
namespace {
constexpr std::uint32_t kOthersLeft = 0x80000000U;
}

/// Renumbers the tree level by level, children side by side, and appends it.
template <class Threshold, class Score>
void TreeBank<Threshold, Score>::add(const BoosterTree& tree) {
  const std::size_t first = nodes_.size();
  struct Placed { std::int32_t node; std::uint32_t level; };
  std::vector<Placed> queue{{0, 0}};
  nodes_.push_back({0, 0, 0});
  values_.resize(values_.size() + width_);
  std::vector<std::uint32_t> positions;
  for (const auto& set : tree.sets) {
    positions.push_back(static_cast<std::uint32_t>(sets_.size()));
    sets_.push_back(static_cast<std::uint32_t>(set.bits.size() * 32) | (set.others_left ? kOthersLeft : 0U));
    sets_.insert(sets_.end(), set.bits.begin(), set.bits.end());
  }
  std::uint32_t depth = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const auto node = static_cast<std::size_t>(queue[i].node);
    depth = std::max(depth, queue[i].level);
    if (tree.left[node] < 0) {
      nodes_.push_back({std::numeric_limits<Threshold>::quiet_NaN(), 0, static_cast<std::uint32_t>(i)});
    } else {
      const auto left = static_cast<std::uint32_t>(queue.size() + 1);
      queue.push_back({tree.left[node], queue[i].level + 1});
      queue.push_back({tree.right[node], queue[i].level + 1});
      const bool is_categorical = !tree.set.empty() && tree.set[node] >= 0;
      const std::uint32_t flags = (tree.missing_left[node] != 0 ? kMissingLeft : 0U) | (is_categorical ? kCategorical : 0U);
      auto threshold = static_cast<Threshold>(tree.threshold[node]);
      if (is_categorical) threshold = std::bit_cast<Threshold>(Bits{positions[static_cast<std::size_t>(tree.set[node])]});
      nodes_.push_back({threshold, tree.feature[node] | flags, left});
    }
    for (std::size_t k = 0; k < width_; ++k) values_.push_back(static_cast<Score>(tree.values[node * width_ + k]));
  }
  if (!tree.linear.empty()) {
    linear_.resize(first + 1);
    for (const auto& placed : queue) linear_.push_back(tree.linear[static_cast<std::size_t>(placed.node)]);
  }
  trees_.push_back({first, depth, static_cast<std::uint32_t>(trees_.size()), tree.group});
}

template <class Threshold, class Score>
void TreeBank<Threshold, Score>::finish() {
  if (!linear_.empty()) linear_.resize(nodes_.size());
  std::ranges::stable_sort(trees_, {}, &Tree::depth);
  place_.resize(trees_.size());
  for (std::size_t i = 0; i < trees_.size(); ++i) place_[trees_[i].original] = static_cast<std::uint32_t>(i);
  nodes_.shrink_to_fit();
  values_.shrink_to_fit();
}

template <class Threshold, class Score>
bool TreeBank<Threshold, Score>::goes_left(std::uint32_t set, Threshold code) const noexcept {
  const std::uint32_t head = sets_[set];
  if (!(code >= 0 && code < static_cast<Threshold>(head & ~kOthersLeft))) return (head & kOthersLeft) != 0;
  const auto bit = static_cast<std::uint32_t>(code);
  return (sets_[set + 1 + bit / 32] >> (bit % 32) & 1U) != 0;
}

template <class Threshold, class Score>
template <typename TreeBank<Threshold, Score>::Walk walk>
std::uint32_t TreeBank<Threshold, Score>::next(const Node& node, const Threshold* row) const noexcept {
  const Threshold value = row[node.feature & kFeature];
  if constexpr (walk == Walk::sets) {
    if ((node.feature & kCategorical) != 0 && !std::isnan(value)) {
      return node.left + static_cast<std::uint32_t>(!goes_left(static_cast<std::uint32_t>(std::bit_cast<Bits>(node.threshold)), value));
    }
  }
  bool right = !(value <= node.threshold);
  if constexpr (walk != Walk::plain) right = right & !((node.feature & kMissingLeft) != 0 && std::isnan(value));
  return node.left + static_cast<std::uint32_t>(right);
}

template <class Threshold, class Score>
template <std::size_t count, typename TreeBank<Threshold, Score>::Walk walk>
void TreeBank<Threshold, Score>::descend(const Node* const* trees, const Threshold* const* rows, std::size_t depth, std::uint32_t* at) const noexcept {
  constexpr std::size_t kLevelsBetweenLooks = 4;
  std::uint32_t here[count];
  for (std::size_t k = 0; k < count; ++k) here[k] = 1;
  while (depth > 0) {
    const std::size_t levels = std::min(depth, kLevelsBetweenLooks);
    std::uint32_t moved = 0;
    for (std::size_t level = 0; level < levels; ++level) {
      moved = 0;
      for (std::size_t k = 0; k < count; ++k) {
        const auto there = next<walk>(trees[k][here[k]], rows[k]);
        moved |= there ^ here[k];
        here[k] = there;
      }
    }
    if (moved == 0) break;
    depth -= levels;
  }
  for (std::size_t k = 0; k < count; ++k) at[k] = here[k];
}

template <class Threshold, class Score>
template <typename TreeBank<Threshold, Score>::Walk walk>
void TreeBank<Threshold, Score>::walk_row(const Threshold* inputs, std::uint32_t* at) const noexcept {
  const Threshold* rows[kTogether];
  std::ranges::fill(rows, inputs);
  std::size_t t = 0;
  for (; t + kTogether <= trees_.size(); t += kTogether) {
    const Node* starts[kTogether];
    for (std::size_t k = 0; k < kTogether; ++k) starts[k] = nodes_.data() + trees_[t + k].first;
    descend<kTogether, walk>(starts, rows, trees_[t + kTogether - 1].depth, at + t);
  }
  for (; t < trees_.size(); ++t) {
    const Node* start = nodes_.data() + trees_[t].first;
    descend<1, walk>(&start, rows, trees_[t].depth, at + t);
  }
}

template <class Threshold, class Score>
template <typename TreeBank<Threshold, Score>::Walk walk>
void TreeBank<Threshold, Score>::walk_block(MatrixView<const Threshold> inputs, Score* out, std::uint32_t* at) const noexcept {
  for (const auto position : place_) {
    const Tree& tree = trees_[position];
    const Node* starts[kTogether];
    std::ranges::fill(starts, nodes_.data() + tree.first);
    std::size_t i = 0;
    for (; i + kTogether <= inputs.rows(); i += kTogether) {
      const Threshold* rows[kTogether];
      for (std::size_t k = 0; k < kTogether; ++k) rows[k] = inputs.row(i + k).data();
      descend<kTogether, walk>(starts, rows, tree.depth, at + i);
    }
    for (; i < inputs.rows(); ++i) {
      const Threshold* row = inputs.row(i).data();
      descend<1, walk>(starts, &row, tree.depth, at + i);
    }
    for (i = 0; i < inputs.rows(); ++i) add_leaf(tree.first + at[i], tree.group, out + i * groups_);
  }
}

template <class Threshold, class Score>
Score TreeBank<Threshold, Score>::linear_leaf(std::size_t node, std::span<const double> row) const noexcept {
  const LinearLeaf& leaf = linear_[node];
  double output = leaf.constant;
  for (std::size_t i = 0; i < leaf.columns.size(); ++i) {
    const double value = row[leaf.columns[i]];
    if (std::isnan(value)) return values_[node];
    output += leaf.coefficients[i] * (std::fabs(value) <= static_cast<double>(1e-35F) ? 0.0 : value);
  }
  return static_cast<Score>(output);
}

template <class Threshold, class Score>
void TreeBank<Threshold, Score>::add_row(const Threshold* inputs, bool any_missing, std::span<const double> row, Score* out, std::uint32_t* at) const noexcept {
  !sets_.empty() ? walk_row<Walk::sets>(inputs, at) : any_missing ? walk_row<Walk::missing>(inputs, at) : walk_row<Walk::plain>(inputs, at);
  for (const auto position : place_) {
    const std::size_t node = trees_[position].first + at[position];
    if (linear_.empty()) {
      add_leaf(node, trees_[position].group, out);
    } else {
      out[trees_[position].group] += linear_leaf(node, row);
    }
  }
}

template <class Threshold, class Score>
void TreeBank<Threshold, Score>::add_block(MatrixView<const Threshold> inputs, bool any_missing, Score* out, std::uint32_t* at) const noexcept {
  CHECK(linear_.empty());
  !sets_.empty() ? walk_block<Walk::sets>(inputs, out, at) : any_missing ? walk_block<Walk::missing>(inputs, out, at) : walk_block<Walk::plain>(inputs, out, at);
}

template class TreeBank<float, float>;
template class TreeBank<float, double>;
template class TreeBank<double, double>;
}  // namespace headroom::model
