#include "model/grove.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "model/grove_top.h"
#include "model/trim.h"

namespace headroom::model {
namespace {
constexpr std::size_t kFewWalks = 2;         // so few go one after the other
constexpr std::uint32_t kLevelsBetweenLooks = 3;
constexpr std::size_t kManyTrees = 4096;     // of so many, tops may not take much more than the trees themselves
constexpr std::size_t kTinyTree = 32;        // places

template <class Node>
inline std::uint64_t next(const Node* nodes, std::uint64_t here, const typename Node::Value* values) noexcept {
  const Node& node = nodes[here];
  const bool right = values[node.feature] > node.threshold;
  return here + static_cast<std::uint64_t>(std::int64_t{node.delta}) + static_cast<std::uint64_t>(right);
}

/// The values of each walk: those of one row through several trees, or of several rows through one tree.
template <class V>
struct OneRow {
  using Value = V;
  static constexpr std::size_t kTogether = 8;   // walks in flight: enough to hide the latency of their loads
  const Value* row;
  [[nodiscard]] const Value* of(std::size_t) const noexcept { return row; }
};
template <class V>
struct ManyRows {
  using Value = V;
  static constexpr std::size_t kTogether = 4;   // more than these and their rows do not stay in registers
  const Value* rows;
  std::size_t width;
  [[nodiscard]] const Value* of(std::size_t walk) const noexcept { return rows + walk * width; }
};

/// Some walks, levels down. number_of: which is the k-th. start: where a walk begins.
template <class Node, class Values, class NumberOf, class Start>
inline void descend(const Node* nodes, const Values& values, NumberOf number_of, Start start, std::uint32_t levels, std::uint32_t* at) noexcept {
  constexpr std::size_t kTogether = Values::kTogether;
  std::uint64_t here[kTogether];   // as wide as an address, which saves an instruction a step
  const typename Values::Value* of[kTogether];
  for (std::size_t k = 0; k < kTogether; ++k) {
    here[k] = start(number_of(k));
    of[k] = values.of(number_of(k));
  }
  for (; levels > 0; --levels) {
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kTogether; ++k) here[k] = next(nodes, here[k], of[k]);
  }
  for (std::size_t k = 0; k < kTogether; ++k) at[number_of(k)] = static_cast<std::uint32_t>(here[k]);
}

/// Those of the walks which[0…left) that are on their way. What has arrived is left out from time to time, since the deepest branch is
/// seldom taken. which: room for kTogether more.
template <class Node, class Values>
inline void arrive(const Node* nodes, const Values& values, std::uint8_t* which, std::size_t left, std::uint32_t* at) noexcept {
  constexpr std::size_t kTogether = Values::kTogether;
  while (left > kFewWalks) {
    for (std::size_t k = 0; k < kTogether; ++k) which[left + k] = which[0];   // a walk may be made twice
    for (std::size_t k = 0; k < left; k += kTogether) descend(nodes, values, [&](std::size_t i) { return which[k + i]; }, [at](std::size_t i) { return at[i]; }, kLevelsBetweenLooks, at);
    std::size_t still = 0;
    for (std::size_t k = 0; k < left; ++k) {
      which[still] = which[k];
      still += nodes[at[which[k]]].delta >= 0 ? 1 : 0;
    }
    left = still;
  }
  for (std::size_t k = 0; k < left; ++k) {
    std::uint64_t here = at[which[k]];
    while (nodes[here].delta >= 0) here = next(nodes, here, values.of(which[k]));
    at[which[k]] = static_cast<std::uint32_t>(here);
  }
}

/// `count` ≤ 64 walks to their leaves. depth.sure levels for all of them come first.
template <class Node, class Values, class Start>
inline void walk(const Node* nodes, const Values& values, Start start, std::size_t count, WalkDepth depth, std::uint32_t* at) noexcept {
  constexpr std::size_t kTogether = Values::kTogether;
  std::size_t first = 0;
  for (; first + kTogether <= count; first += kTogether) descend(nodes, values, [first](std::size_t k) { return first + k; }, start, depth.sure, at);
  for (std::size_t k = first; k < count; ++k) at[k] = start(k);
  std::uint8_t which[64 + 8];
  std::size_t left = 0;
  for (std::size_t k = depth.sure < depth.most ? 0 : first; k < count; ++k) {
    which[left] = static_cast<std::uint8_t>(k);
    left += nodes[at[k]].delta >= 0 ? 1 : 0;
  }
  if (left > 0) arrive(nodes, values, which, left, at);
}
}  // namespace

template <class Node>
bool Grove<Node>::fits(std::size_t width, std::size_t largest_tree) noexcept {
  using Feature = decltype(Node::feature);
  using Delta = decltype(Node::delta);
  // A line may stay half empty, so nodes stand up to twice as far apart as there are nodes.
  return width <= std::size_t{std::numeric_limits<Feature>::max()} && largest_tree < static_cast<std::size_t>(std::numeric_limits<Delta>::max()) / 2;
}

/// Where each node will stand, counted from the tree's first line: pairs of children that are likely met one after the other share a line.
template <class Node>
std::vector<std::uint32_t> Grove<Node>::arrange(const GroveTree<Value>& tree) const {
  const std::size_t n = tree.left.size();
  std::vector<std::uint32_t> below(n, 1);   // nodes of the subtree: the larger one is the likelier one
  std::vector<std::uint32_t> order{0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (tree.left[order[i]] < 0) continue;
    order.push_back(static_cast<std::uint32_t>(tree.left[order[i]]));
    order.push_back(static_cast<std::uint32_t>(tree.right[order[i]]));
  }
  for (std::size_t i = order.size(); i-- > 0;) {
    const auto node = order[i];
    if (tree.left[node] >= 0) below[node] += below[static_cast<std::size_t>(tree.left[node])] + below[static_cast<std::size_t>(tree.right[node])];
  }
  std::vector<std::uint32_t> place(n, 0);
  std::vector<std::uint32_t> heads{0};   // parents whose children begin a line; the root stands alone
  std::vector<std::uint32_t> last;       // parents of two leaves: these stand behind all others, since walks seldom look at them
  const auto has_leaves_alone = [&](std::uint32_t node) { return tree.left[static_cast<std::size_t>(tree.left[node])] < 0 && tree.left[static_cast<std::size_t>(tree.right[node])] < 0; };
  std::uint32_t next_place = 0;
  place[0] = next_place;
  next_place = 2;
  std::vector<std::uint32_t> open;
  bool is_first = true;
  while (!heads.empty()) {
    open.assign(1, heads.back());
    heads.pop_back();
    if (tree.left[open[0]] < 0) continue;
    if (has_leaves_alone(open[0])) {
      last.push_back(open[0]);
      continue;
    }
    if (!is_first && next_place % kOfLine != 0 && below[open[0]] + next_place % kOfLine > kOfLine) next_place += static_cast<std::uint32_t>(kOfLine - next_place % kOfLine);
    std::size_t room = (kOfLine - next_place % kOfLine) / 2;
    is_first = false;
    while (room > 0 && !open.empty()) {
      const auto best = std::ranges::max_element(open, {}, [&](std::uint32_t node) { return below[node]; });
      const auto parent = *best;
      open.erase(best);
      if (has_leaves_alone(parent)) {
        last.push_back(parent);
        continue;
      }
      --room;
      for (const auto child : {tree.left[parent], tree.right[parent]}) {
        place[static_cast<std::size_t>(child)] = next_place++;
        if (tree.left[static_cast<std::size_t>(child)] >= 0) open.push_back(static_cast<std::uint32_t>(child));
      }
    }
    std::ranges::sort(open, {}, [&](std::uint32_t node) { return below[node]; });
    heads.insert(heads.end(), open.begin(), open.end());
  }
  for (const auto parent : last) {
    place[static_cast<std::size_t>(tree.left[parent])] = next_place++;
    place[static_cast<std::size_t>(tree.right[parent])] = next_place++;
  }
  return place;
}

template <class Node>
void Grove<Node>::reserve(ForestSize size) {
  lines_.reserve(kMostPlaces * size.nodes / kOfLine + size.trees);
  roots_.reserve(size.trees);
  depths_.reserve(size.trees);
}

template <class Node>
std::vector<std::uint32_t> Grove<Node>::add(const GroveTree<Value>& tree) {
  auto places = arrange(tree);
  const std::size_t n = tree.left.size();
  const auto base = static_cast<std::uint32_t>(n_places());
  lines_.resize(lines_.size() + (*std::ranges::max_element(places)) / kOfLine + 1, Line{});
  for (auto& place : places) place += base;
  WalkDepth depth;
  double leaves = 0, levels = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> open{{0, 0}};
  while (!open.empty()) {
    const auto [i, level] = open.back();
    open.pop_back();
    Node& here = node(places[i]);
    if (tree.left[i] < 0) {
      here = Node{};
      here.threshold = 0;
      here.delta = -1;
      depth.most = std::max(depth.most, level);
      leaves += 1;
      levels += level;
      continue;
    }
    here.threshold = tree.threshold[i];
    here.feature = static_cast<decltype(here.feature)>(tree.feature[i]);
    const std::uint32_t delta = places[static_cast<std::size_t>(tree.left[i])] - places[i];
    CHECK(delta <= static_cast<std::uint32_t>(std::numeric_limits<decltype(here.delta)>::max()));   // fits() promised it
    here.delta = static_cast<decltype(here.delta)>(delta);
    open.emplace_back(static_cast<std::uint32_t>(tree.left[i]), level + 1);
    open.emplace_back(static_cast<std::uint32_t>(tree.right[i]), level + 1);
  }
  CHECK(n > 0);
  depth.sure = static_cast<std::uint32_t>(levels / leaves);
  if (depth.most - depth.sure <= kLevelsBetweenLooks) depth.sure = depth.most;
  depths_.push_back(depth);
  roots_.push_back(base);
  add_top(tree, places);
  return places;
}

/// Leaves above the last of these levels go on as nodes of which both sides are the leaf itself.
template <class Node>
void Grove<Node>::add_top(const GroveTree<Value>& tree, std::span<const std::uint32_t> places) {
  constexpr unsigned kNodes = kTopNodes<Value>;
  has_tops_ = has_tops_ && std::ranges::all_of(tree.feature, [](std::uint32_t feature) { return feature <= 0xffffU; }) &&
              (roots_.size() < kManyTrees || n_places() >= kTinyTree * roots_.size());
  if (!has_tops_) {
    top_thresholds_ = {};
    top_features_ = {};
    top_exits_ = {};
    return;
  }
  std::vector<std::uint32_t> at(2 * kNodes + 1, 0);   // the node at each position of the heap
  for (unsigned i = 0; i < kNodes; ++i) {
    const auto node = at[i];
    const bool is_leaf = tree.left[node] < 0;
    top_thresholds_.push_back(biased(is_leaf ? Value{0} : tree.threshold[node]));
    top_features_.push_back(is_leaf ? std::uint16_t{0} : static_cast<std::uint16_t>(tree.feature[node]));
    at[2 * i + 1] = is_leaf ? node : static_cast<std::uint32_t>(tree.left[node]);
    at[2 * i + 2] = is_leaf ? node : static_cast<std::uint32_t>(tree.right[node]);
  }
  for (unsigned i = kNodes; i <= 2 * kNodes; ++i) top_exits_.push_back(places[at[i]]);
}

template <class Node>
void Grove<Node>::finish() {
  block_depths_.clear();
  for (std::size_t t = 0; t < depths_.size(); ++t) {
    if (t % kBlockTrees == 0) block_depths_.push_back({0, 0});
    auto& block = block_depths_.back();
    block.sure += depths_[t].sure;
    block.most = std::max(block.most, depths_[t].most);
  }
  for (std::size_t b = 0; b < block_depths_.size(); ++b) {
    auto& block = block_depths_[b];
    block.sure /= static_cast<std::uint32_t>(std::min(kBlockTrees, depths_.size() - b * kBlockTrees));
    if (block.most - block.sure <= kLevelsBetweenLooks) block.sure = block.most;
  }
  trim(lines_);
}

template <class Node>
std::size_t Grove<Node>::bytes() const noexcept {
  return lines_.size() * sizeof(Line) + roots_.size() * (4 + sizeof(WalkDepth)) + top_thresholds_.size() * sizeof(Value) + top_features_.size() * 2 + top_exits_.size() * 4;
}

template <class Node>
template <class Other>
Grove<Other> Grove<Node>::converted() const {
  Grove<Other> other;
  other.lines_.resize((n_places() + Grove<Other>::kOfLine - 1) / Grove<Other>::kOfLine);
  for (std::size_t i = 0; i < n_places(); ++i) {
    const Node& from = nodes()[i];
    Other& to = other.node(i);
    to.threshold = from.threshold;
    to.feature = static_cast<decltype(to.feature)>(from.feature);
    to.delta = static_cast<decltype(to.delta)>(from.delta);
  }
  other.roots_ = roots_;
  other.depths_ = depths_;
  other.has_tops_ = has_tops_;
  other.top_thresholds_ = top_thresholds_;
  other.top_features_ = top_features_;
  other.top_exits_ = top_exits_;
  return other;
}

template <class Node>
void Grove<Node>::walk_row(const Value* row, std::uint32_t* at) const noexcept {
  for (std::size_t first = 0; first < roots_.size(); first += kBlockTrees) {
    const std::size_t count = std::min(kBlockTrees, roots_.size() - first);
    const std::uint32_t* roots = roots_.data() + first;
    walk(nodes(), OneRow<Value>{row}, [roots](std::size_t k) { return roots[k]; }, count, block_depths_[first / kBlockTrees], at + first);
  }
}

template <class Node>
bool Grove<Node>::is_shallow() const noexcept {
  return has_tops_ && std::ranges::all_of(depths_, [](const WalkDepth& depth) { return depth.most <= kTopLevels<Value>; });
}

template <class Node>
typename Grove<Node>::Top Grove<Node>::top(std::size_t tree) const noexcept {
  constexpr std::size_t kNodes = kTopNodes<Value>;
  return {std::span(top_thresholds_).subspan(tree * kNodes, kNodes), std::span(top_features_).subspan(tree * kNodes, kNodes), std::span(top_exits_).subspan(tree * (kNodes + 1), kNodes + 1)};
}

template <class Node>
void Grove<Node>::paths(std::size_t tree, const Signed* columns, Signed* out) const noexcept {
  static const TopKernels& kernels = top_kernels().back();
  const Top first = top(tree);
  if constexpr (sizeof(Value) == 1) kernels.bytes(first.thresholds.data(), first.features.data(), columns, out);
  else if constexpr (sizeof(Value) == 2) kernels.shorts(first.thresholds.data(), first.features.data(), columns, out);
  else kernels.words(first.thresholds.data(), first.features.data(), columns, out);
}

template <class Node>
void Grove<Node>::walk_tree(std::size_t tree, const Value* rows, std::size_t width, const Signed* columns, std::size_t count, std::uint32_t* at) const noexcept {
  const ManyRows<Value> values{rows, width};
  if (!has_tops_) return walk(nodes(), values, [this, tree](std::size_t) { return roots_[tree]; }, count, depths_[tree], at);
  Signed exit[kBlockRows];
  paths(tree, columns, exit);
  const std::uint32_t* exits = top(tree).exits.data();
  const auto left = [](std::uint32_t levels) { return levels - std::min(levels, std::uint32_t{kTopLevels<Value>}); };
  const WalkDepth depth{left(depths_[tree].sure), left(depths_[tree].most)};
  if (depth.most > 0) return walk(nodes(), values, [&](std::size_t k) { return exits[exit[k]]; }, count, depth, at);
  for (std::size_t i = 0; i < count; ++i) at[i] = exits[exit[i]];
}

template class Grove<WordNode>;
template class Grove<WideNode>;
template class Grove<ByteNode>;
template class Grove<ShortNode>;
template Grove<WideNode> Grove<WordNode>::converted() const;
}  // namespace headroom::model
