#include "model/tree_bank.h"

#include <string>
#include <type_traits>
#include <utility>

#include "model/grove_top.h"
#include "model/trim.h"

namespace headroom::model {
namespace {
constexpr std::uint32_t kOthersLeft = 0x80000000U;
constexpr std::size_t kManyTrees = 4096, kTinyTree = 8;   // nodes

/// Tells most of the repeated thresholds: libraries that bin their data have a hundred thousand splits at some hundred of them.
template <class Threshold>
class SeenLately {
 public:
  SeenLately() : slots_(kSlots, {std::numeric_limits<std::uint32_t>::max(), Threshold{0}}) {}
  bool before(std::uint32_t input, Threshold threshold) {
    const auto bits = std::bit_cast<std::conditional_t<sizeof(Threshold) == 4, std::uint32_t, std::uint64_t>>(threshold);
    const std::uint64_t mixed = (bits + input * 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U;   // splitmix64's multipliers
    auto& slot = slots_[mixed >> (64U - kSlotBits)];
    if (slot.first == input && slot.second == threshold) return true;
    slot = {input, threshold};
    return false;
  }

 private:
  static constexpr unsigned kSlotBits = 15;   // 512 KiB of doubles: half of a usual second-level cache
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
  std::vector<std::pair<std::uint32_t, Threshold>> slots_;
};
}  // namespace

template <class Threshold, class Score>
void TreeBank<Threshold, Score>::reserve(std::size_t trees, std::size_t nodes) {
  trees_.reserve(trees);
  nodes_.reserve(trees + nodes);   // an empty one stands before each tree
  values_.reserve((trees + nodes) * width_);
}

/// Room for a tree's nodes and their values behind those that there are.
template <class Threshold, class Score>
typename TreeBank<Threshold, Score>::Node* TreeBank<Threshold, Score>::append(std::size_t nodes) {
  const std::size_t first = nodes_.size();
  nodes_.resize(first + nodes);
  values_.resize((first + nodes) * width_);
  return nodes_.data() + first;
}

/// What leaves are that are not linear: constant.
template <class Threshold, class Score>
void TreeBank<Threshold, Score>::fill_linear(std::size_t nodes) {
  for (std::size_t i = linear_.size(); i < nodes; ++i) linear_.push_back({static_cast<double>(values_[i * width_]), {}, {}});
}

/// Renumbers the tree level by level, children side by side, and appends it.
template <class Threshold, class Score>
void TreeBank<Threshold, Score>::add(const BoosterTree& tree) {
  const std::size_t first = nodes_.size();
  std::vector<std::uint32_t> positions;
  for (const auto& set : tree.sets) {
    positions.push_back(static_cast<std::uint32_t>(sets_.size()));
    sets_.push_back(static_cast<std::uint32_t>(set.bits.size() * 32) | (set.others_left ? kOthersLeft : 0U));
    sets_.insert(sets_.end(), set.bits.begin(), set.bits.end());
  }
  const std::size_t most = tree.left.size();
  Node* out = append(most + 1) + 1;   // behind an empty one
  Score* values = values_.data() + (first + 1) * width_;
  if (queue_.size() < most) queue_.resize(most);
  queue_[0] = 0;
  std::uint32_t depth = 0;
  std::size_t count = 1, end_of_level = 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == end_of_level) {
      ++depth;
      end_of_level = count;
    }
    const auto node = static_cast<std::size_t>(queue_[i]);
    for (std::size_t k = 0; k < width_; ++k) values[i * width_ + k] = static_cast<Score>(tree.values[node * width_ + k]);
    if (tree.left[node] < 0) {
      out[i] = {std::numeric_limits<Threshold>::quiet_NaN(), 0, static_cast<std::uint32_t>(i)};
      continue;
    }
    CHECK(count + 2 <= most);   // no node twice, as the importer has seen
    const bool is_categorical = !tree.set.empty() && tree.set[node] >= 0, is_missing_left = tree.missing_left[node] != 0;
    auto threshold = static_cast<Threshold>(tree.threshold[node]);
    if (is_categorical) threshold = std::bit_cast<Threshold>(Bits{positions[static_cast<std::size_t>(tree.set[node])]});
    out[i] = {threshold, tree.feature[node] | (is_missing_left ? kMissingLeft : 0U) | (is_categorical ? kCategorical : 0U), static_cast<std::uint32_t>(count + 1)};
    queue_[count++] = tree.left[node];
    queue_[count++] = tree.right[node];
    n_inputs_ = std::max(n_inputs_, tree.feature[node] + 1);
    any_missing_left_ |= is_missing_left;
  }
  nodes_.resize(first + 1 + count);
  values_.resize(nodes_.size() * width_);
  if (!tree.linear.empty()) {
    fill_linear(first + 1);
    for (std::size_t i = 0; i < count; ++i) linear_.push_back(tree.linear[static_cast<std::size_t>(queue_[i])]);
  }
  trees_.push_back({first, static_cast<std::uint32_t>(count), depth, static_cast<std::uint32_t>(trees_.size()), tree.group});
  largest_ = std::max(largest_, static_cast<std::uint32_t>(count));
}

/// The tree as its fast form takes it.
template <class Threshold, class Score>
template <class Encoder, class Value>
void TreeBank<Threshold, Score>::write(const Tree& tree, const Encoder& encoder, GroveTree<Value>& out) const {
  const std::size_t n = tree.nodes;
  out.left.resize(n);
  out.right.resize(n);
  out.feature.resize(n);
  out.threshold.resize(n);
  const Node* nodes = nodes_.data() + tree.first + 1;
  for (std::size_t i = 0; i < n; ++i) {
    const Node& node = nodes[i];
    const bool is_leaf = node.left == i;
    const std::uint32_t input = node.feature & kFeature;
    out.left[i] = is_leaf ? -1 : static_cast<std::int32_t>(node.left) - 1;
    out.right[i] = is_leaf ? -1 : static_cast<std::int32_t>(node.left);
    out.feature[i] = input + ((node.feature & kMissingLeft) != 0 ? n_inputs_ : 0U);
    out.threshold[i] = is_leaf ? Value{0} : encoder.of_threshold(input, node.threshold);
  }
}

template <class Threshold, class Score>
template <class Coded>
void TreeBank<Threshold, Score>::code_as(Coded coded) {
  GroveTree<typename Coded::Value> room;
  const auto add_all = [&] {
    return std::ranges::all_of(place_, [&](std::uint32_t position) {
      const Tree& tree = trees_[position];
      write(tree, coded.encoder(), room);
      return coded.add(room, std::span<const Score>(values_).subspan((tree.first + 1) * width_, tree.nodes * width_), width_ == 1 ? tree.group : 0);
    });
  };
  if (!add_all()) {
    coded.walk_all();
    CHECK(add_all());
  }
  nodes_ = {};   // before the rest of the other form is made
  values_ = {};
  coded.finish();
  coded_ = std::move(coded);
}

/// Trees without categories and linear leaves take their fast form, but for many tiny ones, which would fill cache lines of their own with little.
template <class Threshold, class Score>
void TreeBank<Threshold, Score>::code() {
  if (n_inputs_ == 0 || !sets_.empty() || !linear_.empty()) return;   // leaves alone read no input, and rows may have none
  if (trees_.size() >= kManyTrees && nodes_.size() < kTinyTree * trees_.size()) return;
  std::vector<std::vector<Threshold>> thresholds(n_inputs_);
  SeenLately<Threshold> seen;
  for (const auto& node : nodes_) {
    const std::uint32_t input = node.feature & kFeature;
    if (!std::isnan(node.threshold) && !seen.before(input, node.threshold)) thresholds[input].push_back(node.threshold);
  }
  const std::size_t both = std::size_t{2} * n_inputs_;
  const ForestSize size{trees_.size(), nodes_.size()};
  // Trees that are over within their tops are made from what walks see.
  const bool needs_walks = trees_.back().depth <= kTopLevels<std::uint8_t> || any_missing_left_;
  Codes<Threshold, std::uint8_t> bytes(thresholds);
  if (bytes.fits() && Grove<ByteNode>::fits(both, largest_)) return code_as(ByteTrees(std::move(bytes), n_inputs_, width_, groups_, size, needs_walks));
  if constexpr (sizeof(Threshold) == 4) {
    if (Grove<WordNode>::fits(both, largest_)) code_as(LargeTrees(OrderedFloats{n_inputs_}, n_inputs_, width_, groups_, size, needs_walks));
  } else {
    Codes<Threshold, std::uint16_t> shorts(thresholds);
    if (shorts.fits() && Grove<ShortNode>::fits(both, largest_)) code_as(LargeTrees(std::move(shorts), n_inputs_, width_, groups_, size, needs_walks));
  }
}

template <class Threshold, class Score>
std::size_t TreeBank<Threshold, Score>::bytes() const {
  const std::size_t own = nodes_.size() * sizeof(Node) + values_.size() * sizeof(Score) + sets_.size() * 4;
  return std::visit([own](const auto& coded) { if constexpr (requires { coded.bytes(); }) return coded.bytes(); else return own; }, coded_);
}

template <class Threshold, class Score>
std::string TreeBank<Threshold, Score>::kernel() const {
  const auto row = [](const auto& coded) { if constexpr (requires { coded.kernel(); }) return coded.kernel(); else return "8 walks in flight, " + std::to_string(sizeof(Node)) + "-byte nodes"; };
  return std::visit(row, coded_) + (is_coded() ? std::string("; batches: ") + top_kernels().back().name : "");
}

template <class Threshold, class Score>
void TreeBank<Threshold, Score>::finish() {
  queue_ = {};
  if (!linear_.empty()) fill_linear(nodes_.size());
  if (!std::ranges::is_sorted(trees_, {}, &Tree::depth)) std::ranges::stable_sort(trees_, {}, &Tree::depth);
  place_.resize(trees_.size());
  for (std::size_t i = 0; i < trees_.size(); ++i) place_[trees_[i].original] = static_cast<std::uint32_t>(i);
  code();
  if (is_coded()) return;
  trim(nodes_, values_);
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
void TreeBank<Threshold, Score>::add_row(const Threshold* inputs, bool any_missing, std::span<const double> row, Score* out, CodedScratch& scratch) const noexcept {
  if (const auto* coded = std::get_if<1>(&coded_)) return coded->add_row(inputs, any_missing, out, scratch);
  if (const auto* coded = std::get_if<2>(&coded_)) return coded->add_row(inputs, any_missing, out, scratch);
  scratch.at.resize(trees_.size());
  std::uint32_t* at = scratch.at.data();
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
void TreeBank<Threshold, Score>::add_block(MatrixView<const Threshold> inputs, bool any_missing, Score* out, CodedScratch& scratch) const noexcept {
  CHECK(linear_.empty());
  if (const auto* coded = std::get_if<1>(&coded_)) return coded->add_block(inputs, any_missing, out, scratch);
  if (const auto* coded = std::get_if<2>(&coded_)) return coded->add_block(inputs, any_missing, out, scratch);
  scratch.at.resize(inputs.rows());
  std::uint32_t* at = scratch.at.data();
  !sets_.empty() ? walk_block<Walk::sets>(inputs, out, at) : any_missing ? walk_block<Walk::missing>(inputs, out, at) : walk_block<Walk::plain>(inputs, out, at);
}

template class TreeBank<float, float>;
template class TreeBank<float, double>;
template class TreeBank<double, double>;
}  // namespace headroom::model
