#include "model/forest.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "model/forest_kernel.h"
#include "model/score_link.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
constexpr std::size_t kTogether = 8;     // walks in flight: enough to hide the latency of their loads
constexpr std::size_t kBlockRows = 64;   // rows that share a tree while it is in the cache
}  // namespace

float lower_threshold(double threshold) {
  const auto rounded = static_cast<float>(threshold);
  if (static_cast<double>(rounded) <= threshold) return rounded;
  return std::nextafter(rounded, -std::numeric_limits<float>::infinity());
}

struct TreeIndex {
  std::size_t first = 0;       // its node 0, which is no node, in the nodes of all
  std::uint32_t depth = 0;
  std::uint32_t original = 0;  // its number in the origin's order, in which sums are made
};

/// All trees, flat. Trees stand by depth, so that those walked together end together.
struct Forest::Layout {
  explicit Layout(const ForestSpec& description) : spec(description) {}
  ForestSpec spec;
  std::vector<TreeIndex> trees;
  std::vector<std::uint32_t> place;          // original number → position in trees
  std::vector<WideNode> wide;                // one of the two is filled
  std::vector<NarrowNode> narrow;
  std::vector<std::uint32_t> leaf;           // for each node the row of `values`; only leaves' entries are read
  std::vector<double> values;                // distinct leaves, spec.width each
  std::vector<std::uint32_t> label;          // the class of the largest raw value of each
  std::unordered_map<std::size_t, std::uint32_t> known;   // while building: hash of a leaf → its row of `values`
  std::vector<double> fractions;             // while building
  std::vector<FeatureRange> ranges;
  std::uint32_t largest = 0;                 // nodes of the largest tree

  [[nodiscard]] std::size_t bytes() const {
    return wide.size() * sizeof(WideNode) + narrow.size() * sizeof(NarrowNode) + leaf.size() * 4 + values.size() * 8;
  }
  std::uint32_t leaf_row(std::span<const double> raw);
  void add(const TreeSpec& tree);
  void sort_by_depth();
  void make_narrow();

  template <Walk walk, class Node>
  void one_row(const std::vector<Node>& nodes, const float* row, double* out, std::uint32_t* at) const noexcept;
  template <Walk walk, class Node>
  void block(const std::vector<Node>& nodes, MatrixView<const float> rows, double* out, std::uint32_t* at) const noexcept;
  template <class Node>
  void labels(const std::vector<Node>& nodes, MatrixView<const double> rows, std::int64_t* out, Scratch& scratch) const noexcept;
  void add_leaf(std::size_t node, double* out) const noexcept {
    const double* leaf_values = values.data() + std::size_t{leaf[node]} * spec.width;
    for (std::size_t k = 0; k < spec.width; ++k) out[k] += leaf_values[k];
  }
};

/// Leaves with the same content share a row: most leaves of a classifier are pure. A hash that two contents share costs a row, no more.
std::uint32_t Forest::Layout::leaf_row(std::span<const double> raw) {
  // A leaf of zeros stays one: the origin divides by 1 then.
  const double sum = spec.counts ? numpy_sum(raw) : 1.0;
  fractions.assign(raw.begin(), raw.end());
  if (spec.counts && sum != 0) {
    for (double& value : fractions) value /= sum;
  }
  const auto largest_class = static_cast<std::uint32_t>(argmax(raw));
  const auto row = static_cast<std::uint32_t>(label.size());
  const std::string_view bytes(reinterpret_cast<const char*>(fractions.data()), fractions.size() * sizeof(double));
  const auto [entry, is_new] = known.try_emplace(std::hash<std::string_view>()(bytes), row);
  if (!is_new && label[entry->second] == largest_class &&
      std::memcmp(values.data() + std::size_t{entry->second} * spec.width, bytes.data(), bytes.size()) == 0) {
    return entry->second;
  }
  values.insert(values.end(), fractions.begin(), fractions.end());
  label.push_back(largest_class);
  return row;
}

/// Renumbers the tree level by level, children side by side, and appends it.
void Forest::Layout::add(const TreeSpec& tree) {
  const std::size_t first = wide.size();
  struct Placed { std::int32_t node; std::uint32_t level; };
  std::vector<Placed> queue{{0, 0}};
  wide.push_back({0, 0, 0});
  leaf.push_back(0);
  std::uint32_t depth = 0;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const auto node = static_cast<std::size_t>(queue[i].node);
    const auto self = static_cast<std::uint32_t>(i + 1);
    depth = std::max(depth, queue[i].level);
    if (tree.left[node] < 0) {
      wide.push_back({std::numeric_limits<float>::quiet_NaN(), 0, self - 1});
      leaf.push_back(leaf_row(std::span(tree.values).subspan(node * spec.width, spec.width)));
      continue;
    }
    const auto left = static_cast<std::uint32_t>(queue.size() + 1);
    queue.push_back({tree.left[node], queue[i].level + 1});
    queue.push_back({tree.right[node], queue[i].level + 1});
    const auto feature = static_cast<std::uint32_t>(tree.feature[node]);
    const bool missing_left = !tree.missing_left.empty() && tree.missing_left[node] != 0;
    wide.push_back({lower_threshold(tree.threshold[node]), feature | (missing_left ? WideNode::kMissingLeft : 0U), left});
    leaf.push_back(0);
    auto& range = ranges[feature];
    range.low = std::fmin(range.low, tree.threshold[node]);
    range.high = std::fmax(range.high, tree.threshold[node]);
  }
  largest = std::max(largest, static_cast<std::uint32_t>(queue.size() + 1));
  trees.push_back({first, depth, static_cast<std::uint32_t>(trees.size())});
}

void Forest::Layout::sort_by_depth() {
  std::ranges::stable_sort(trees, {}, &TreeIndex::depth);
  place.resize(trees.size());
  for (std::size_t i = 0; i < trees.size(); ++i) place[trees[i].original] = static_cast<std::uint32_t>(i);
}

void Forest::Layout::make_narrow() {
  if (largest > 0xffff || spec.n_features >= NarrowNode::kMissingLeft) return;
  narrow.reserve(wide.size());
  for (const auto& node : wide) {
    const bool missing_left = (node.feature & WideNode::kMissingLeft) != 0;
    const auto feature = static_cast<std::uint16_t>((node.feature & 0x7fffU) | (missing_left ? NarrowNode::kMissingLeft : 0U));
    narrow.push_back({node.threshold, feature, static_cast<std::uint16_t>(node.left)});
  }
  std::vector<WideNode>().swap(wide);
}

template <Walk walk, class Node>
void Forest::Layout::one_row(const std::vector<Node>& nodes, const float* row, double* out, std::uint32_t* at) const noexcept {
  const float* rows[kTogether];
  std::ranges::fill(rows, row);
  std::size_t t = 0;
  for (; t + kTogether <= trees.size(); t += kTogether) {
    const Node* starts[kTogether];
    for (std::size_t k = 0; k < kTogether; ++k) starts[k] = nodes.data() + trees[t + k].first;
    descend<kTogether, walk>(starts, rows, trees[t + kTogether - 1].depth, at + t);
  }
  for (; t < trees.size(); ++t) {
    const Node* start = nodes.data() + trees[t].first;
    descend<1, walk>(&start, rows, trees[t].depth, at + t);
  }
  for (const auto position : place) add_leaf(trees[position].first + at[position], out);
}

template <Walk walk, class Node>
void Forest::Layout::block(const std::vector<Node>& nodes, MatrixView<const float> rows, double* out, std::uint32_t* at) const noexcept {
  const float* starts_of_rows[kBlockRows];
  for (std::size_t i = 0; i < rows.rows(); ++i) starts_of_rows[i] = rows.row(i).data();
  for (const auto position : place) {
    const Node* start = nodes.data() + trees[position].first;
    const Node* starts[kTogether];
    std::ranges::fill(starts, start);
    std::size_t i = 0;
    for (; i + kTogether <= rows.rows(); i += kTogether) descend<kTogether, walk>(starts, starts_of_rows + i, trees[position].depth, at + i);
    for (; i < rows.rows(); ++i) descend<1, walk>(starts, starts_of_rows + i, trees[position].depth, at + i);
    for (i = 0; i < rows.rows(); ++i) add_leaf(trees[position].first + at[i], out + i * spec.width);
  }
}

/// A single tree's classes: the origin compares the raw counts, which may differ where their rounded fractions do not.
template <class Node>
void Forest::Layout::labels(const std::vector<Node>& nodes, MatrixView<const double> rows, std::int64_t* out, Scratch& scratch) const noexcept {
  scratch.floats.resize(rows.columns());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    std::ranges::transform(rows.row(i), scratch.floats.begin(), [](double value) { return static_cast<float>(value); });
    const Node* start = nodes.data() + trees[0].first;
    const float* row = scratch.floats.data();
    std::uint32_t at = 0;
    descend<1, Walk::missing>(&start, &row, trees[0].depth, &at);
    out[i] = label[leaf[trees[0].first + at]];
  }
}

Forest::Forest(std::unique_ptr<Layout> layout) : layout_(std::move(layout)) {}
Forest::~Forest() = default;
std::size_t Forest::n_trees() const noexcept { return layout_->trees.size(); }
const char* Forest::kernel() const noexcept {
  return layout_->wide.empty() ? "scalar, 8 walks in flight, 8-byte nodes" : "scalar, 8 walks in flight, 12-byte nodes";
}

expected<void, RowError> Forest::validate(const Rows& rows) const { return check_rows(rows, info(), layout_->spec.nan, Width::f32); }

/// Sums of the leaves of all trees, divided by their number if this is a forest. out: [rows, width].
void Forest::mean(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept {
  const Layout& forest = *layout_;
  const std::size_t width = forest.spec.width;
  std::fill_n(out, rows.rows() * width, 0.0);
  scratch.floats.resize(std::min(rows.rows(), kBlockRows) * rows.columns());
  scratch.indexes.resize(std::max(forest.trees.size(), kBlockRows));
  for (std::size_t first = 0; first < rows.rows(); first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, rows.rows() - first);
    const double* source = rows.data() + first * rows.columns();
    bool any_nan = false;
    for (std::size_t i = 0; i < count * rows.columns(); ++i) {
      scratch.floats[i] = static_cast<float>(source[i]);
      any_nan |= std::isnan(source[i]);
    }
    const MatrixView<const float> block(scratch.floats.data(), count, rows.columns());
    const auto run = [&]<Walk walk>(const auto& nodes) {
      double* target = out + first * width;
      if (count >= kTogether) return forest.block<walk>(nodes, block, target, scratch.indexes.data());
      for (std::size_t i = 0; i < count; ++i) forest.one_row<walk>(nodes, block.row(i).data(), target + i * width, scratch.indexes.data());
    };
    const auto choose = [&](const auto& nodes) { any_nan ? run.template operator()<Walk::missing>(nodes) : run.template operator()<Walk::plain>(nodes); };
    forest.wide.empty() ? choose(forest.narrow) : choose(forest.wide);
  }
  if (!forest.spec.averaged) return;
  const auto n_trees = static_cast<double>(forest.trees.size());
  for (std::size_t i = 0; i < rows.rows() * width; ++i) out[i] /= n_trees;
}

void Forest::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const Layout& forest = *layout_;
  const auto matrix = densify(rows, scratch.b);
  const bool is_label = method == Method::predict && forest.spec.task == Task::classification;
  CHECK(is_label || method == (forest.spec.task == Task::classification ? Method::predict_proba : Method::predict));
  out.rows = matrix.rows();
  out.dtype = is_label ? DType::i64 : DType::f64;
  out.columns = is_label ? 1 : forest.spec.width;
  if (is_label && !forest.spec.averaged) {
    out.i64.resize(matrix.rows());
    return forest.wide.empty() ? forest.labels(forest.narrow, matrix, out.i64.data(), scratch) : forest.labels(forest.wide, matrix, out.i64.data(), scratch);
  }
  std::vector<double>& means = is_label ? scratch.a : out.f64;
  means.resize(matrix.rows() * forest.spec.width);
  mean(matrix, means.data(), scratch);
  if (!is_label) return;
  out.i64.resize(matrix.rows());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    out.i64[i] = static_cast<std::int64_t>(argmax(std::span(means).subspan(i * forest.spec.width, forest.spec.width)));
  }
}

Forest::Builder::Builder(const ForestSpec& spec) : layout_(std::make_unique<Layout>(spec)) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  layout_->ranges.assign(spec.n_features, {nan, nan});
}
Forest::Builder::~Builder() = default;
Forest::Builder::Builder(Builder&& other) noexcept = default;
void Forest::Builder::add(const TreeSpec& tree) { layout_->add(tree); }
std::size_t Forest::Builder::bytes() const noexcept { return layout_->bytes(); }

std::shared_ptr<Forest> Forest::Builder::build() {
  CHECK(!layout_->trees.empty());
  layout_->known.clear();
  layout_->sort_by_depth();
  layout_->make_narrow();
  layout_->wide.shrink_to_fit();
  layout_->leaf.shrink_to_fit();
  layout_->values.shrink_to_fit();
  std::shared_ptr<Forest> forest(new Forest(std::move(layout_)));
  ModelInfo& info = forest->edit_info();
  const ForestSpec& spec = forest->layout_->spec;
  info.task = spec.task;
  info.n_features = spec.n_features;
  info.methods = {Method::predict};
  if (spec.task == Task::classification) info.methods.push_back(Method::predict_proba);
  info.predict_is_first_largest = spec.task == Task::classification && (spec.averaged || !spec.counts);
  info.feature_ranges = forest->layout_->ranges;
  info.bytes = forest->layout_->bytes();
  info.kernel = forest->kernel();
  return forest;
}
}  // namespace headroom::model
