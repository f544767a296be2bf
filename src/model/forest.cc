#include "model/forest.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "model/add_leaf.h"
#include "model/forest_tiles.h"
#include "model/grove.h"
#include "model/grove_top.h"
#include "model/score_link.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
constexpr std::size_t kFewRows = 4;   // fewer walk through several trees at once instead of a tree at a time

// A leaf of 8 bytes tells its row of values in its threshold: all such numbers are below every value.
constexpr std::uint32_t kMostRows = kLowestBits;
void set_row(WordNode& leaf, std::uint32_t row) { leaf.threshold = row; }
void set_row(WideNode& leaf, std::uint32_t row) { leaf.leaf = row; }
std::uint32_t row_of(const WordNode& leaf) { return leaf.threshold; }
std::uint32_t row_of(const WideNode& leaf) { return leaf.leaf; }
}  // namespace

float lower_threshold(double threshold) {
  const auto rounded = static_cast<float>(threshold);
  if (static_cast<double>(rounded) <= threshold) return rounded;
  return std::nextafter(rounded, -std::numeric_limits<float>::infinity());
}

/// All trees, flat, in the origin's order.
struct Forest::Layout {
  explicit Layout(const ForestSpec& description) : spec(description) {}
  ForestSpec spec;
  Grove<WordNode> narrow;      // one of the two is filled
  Grove<WideNode> wide;
  bool is_wide = false;
  std::optional<ForestTiles> tiles;          // once built, instead of the two; beside them if any_missing_left, for rows without NaN
  bool any_missing_left = false;             // then inputs stand twice, the second time with missing ones that go left
  std::vector<double> values;                // distinct leaves, spec.width each; or is_placed: one for each place that a node can stand at
  bool is_placed = false;
  std::vector<std::uint32_t> label;          // the class of the largest raw value of each
  std::unordered_map<std::size_t, std::uint32_t> known;   // while building: hash of a leaf → its row of `values`
  std::vector<double> fractions;             // while building
  std::vector<FeatureRange> ranges;

  [[nodiscard]] std::size_t bytes() const { return (is_wide ? wide.bytes() : narrow.bytes()) + (tiles ? tiles->bytes() : 0) + values.size() * 8 + label.size() * 4; }
  [[nodiscard]] std::size_t n_trees() const { return tiles ? tiles->n_trees() : is_wide ? wide.n_trees() : narrow.n_trees(); }
  [[nodiscard]] std::size_t inputs() const { return spec.n_features * (any_missing_left ? 2 : 1); }
  std::uint32_t leaf_row(std::span<const double> raw);
  GroveTree<std::uint32_t> lowered(const TreeSpec& tree);
  void add(const TreeSpec& tree);
  template <class Node>
  void add_to(Grove<Node>& grove, const TreeSpec& tree);
  void finish();

  void add_tiled(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept;
  void add_walked(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept;
  void fill(std::span<const double> row, std::uint32_t* out) const noexcept;
  template <class Node>
  void add_row(const Grove<Node>& grove, const std::uint32_t* row, double* out, std::uint32_t* at) const noexcept;
  template <class Node>
  void add_block(const Grove<Node>& grove, const std::uint32_t* rows, const std::int32_t* columns, std::size_t count, double* out) const noexcept;
  template <class Node>
  void labels(const Grove<Node>& grove, MatrixView<const double> rows, std::int64_t* out, Scratch& scratch) const noexcept;
  /// The values of the leaf at a place: `width` of them.
  template <class Node>
  [[nodiscard]] const double* leaf_at(const Node* nodes, std::uint32_t place) const noexcept {
    return is_placed ? values.data() + std::size_t{place} * spec.width : values.data() + std::size_t{row_of(nodes[place])} * spec.width;
  }
  void place_values();
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

GroveTree<std::uint32_t> Forest::Layout::lowered(const TreeSpec& tree) {
  GroveTree<std::uint32_t> out{tree.left, tree.right, {}, {}};
  out.feature.resize(tree.left.size());
  out.threshold.resize(tree.left.size());
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    if (tree.left[i] < 0) continue;
    const auto feature = static_cast<std::uint32_t>(tree.feature[i]);
    const bool missing_left = spec.nan == Nan::allow && !tree.missing_left.empty() && tree.missing_left[i] != 0;
    any_missing_left |= missing_left;
    out.feature[i] = feature + (missing_left ? static_cast<std::uint32_t>(spec.n_features) : 0U);
    out.threshold[i] = ordered_bits(lower_threshold(tree.threshold[i]));
    auto& range = ranges[feature];
    range.low = std::fmin(range.low, tree.threshold[i]);
    range.high = std::fmax(range.high, tree.threshold[i]);
  }
  return out;
}

template <class Node>
void Forest::Layout::add_to(Grove<Node>& grove, const TreeSpec& tree) {
  const auto coded = lowered(tree);
  const auto places = grove.add(coded);
  std::vector<std::uint32_t> rows(tree.left.size());
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    if (tree.left[i] >= 0) continue;
    rows[i] = leaf_row(std::span(tree.values).subspan(i * spec.width, spec.width));
    set_row(grove.node(places[i]), rows[i]);
  }
  if (spec.averaged && grove.n_trees() == 1) tiles = ForestTiles::of(spec.n_features, spec.width, tree.left.size());   // a single tree's labels need its own leaves
  if (tiles && !tiles->add(coded, rows)) tiles.reset();
}

void Forest::Layout::add(const TreeSpec& tree) {
  const std::size_t n = tree.left.size();
  if (!is_wide && (!Grove<WordNode>::fits(2 * spec.n_features, n) || label.size() + n > kMostRows)) {
    wide = narrow.converted<WideNode>();
    for (std::size_t i = 0; i < narrow.n_places(); ++i) {
      if (wide.node(i).delta < 0) wide.node(i).leaf = row_of(narrow.node(i));
    }
    narrow = {};
    is_wide = true;
  }
  is_wide ? add_to(wide, tree) : add_to(narrow, tree);
}

/// A row's values as the trees compare them.
void Forest::Layout::fill(std::span<const double> row, std::uint32_t* out) const noexcept {
  for (std::size_t j = 0; j < row.size(); ++j) out[j] = std::isnan(row[j]) ? kMissingRight : ordered_bits(static_cast<float>(row[j]));
  if (!any_missing_left) return;
  std::uint32_t* again = out + row.size();
  for (std::size_t j = 0; j < row.size(); ++j) again[j] = std::isnan(row[j]) ? kMissingLeft : out[j];
}

/// Where hardly two leaves are the same, their values stand where the leaves do: then walks need not look at the leaves themselves.
void Forest::Layout::place_values() {
  const auto place = [&](auto& grove) {
    const std::size_t places = grove.n_places();
    std::size_t leaves = 0;
    for (std::size_t i = 0; i < places; ++i) leaves += grove.nodes()[i].delta < 0 ? 1 : 0;
    if (label.size() < leaves / 2) return;
    std::vector<double> placed(places * spec.width);
    for (std::size_t i = 0; i < places; ++i) {
      const auto& node = grove.nodes()[i];
      if (node.delta < 0) std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(row_of(node) * spec.width), spec.width, placed.begin() + static_cast<std::ptrdiff_t>(i * spec.width));
    }
    values = std::move(placed);
    is_placed = true;
  };
  is_wide ? place(wide) : place(narrow);
}

void Forest::Layout::finish() {
  known.clear();
  if (tiles && !any_missing_left) {
    narrow = {};
    wide = {};
    return tiles->finish(std::move(values));
  }
  if (tiles) tiles->finish(values);
  is_wide ? wide.finish() : narrow.finish();
  place_values();
  values.shrink_to_fit();
}

template <class Node>
void Forest::Layout::add_row(const Grove<Node>& grove, const std::uint32_t* row, double* out, std::uint32_t* at) const noexcept {
  grove.walk_row(row, at);
  const Node* nodes = grove.nodes();
  with_width(spec.width, [&]<std::size_t width>() {
    add_in_registers<width>(out, [&](double* sums) {
      for (std::size_t t = 0; t < grove.n_trees(); ++t) add_leaf<width>(leaf_at(nodes, at[t]), spec.width, sums);
    });
  });
}

template <class Node>
void Forest::Layout::add_block(const Grove<Node>& grove, const std::uint32_t* rows, const std::int32_t* columns, std::size_t count, double* out) const noexcept {
  std::uint32_t at[Grove<Node>::kBlockRows];
  const Node* nodes = grove.nodes();
  with_width(spec.width, [&]<std::size_t width>() {
    for (std::size_t t = 0; t < grove.n_trees(); ++t) {
      grove.walk_tree(t, rows, inputs(), columns, count, at);
      for (std::size_t i = 0; i < count; ++i) add_leaf<width>(leaf_at(nodes, at[i]), spec.width, out + i * (width > 0 ? width : spec.width));
    }
  });
}

/// A single tree's classes: the origin compares the raw counts, which may differ where their rounded fractions do not.
template <class Node>
void Forest::Layout::labels(const Grove<Node>& grove, MatrixView<const double> rows, std::int64_t* out, Scratch& scratch) const noexcept {
  scratch.indexes.resize(inputs());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    fill(rows.row(i), scratch.indexes.data());
    std::uint32_t at = 0;
    grove.walk_row(scratch.indexes.data(), &at);
    out[i] = label[row_of(grove.nodes()[at])];
  }
}

Forest::Forest(std::unique_ptr<Layout> layout) : layout_(std::move(layout)) {}
Forest::~Forest() = default;
std::size_t Forest::n_trees() const noexcept { return layout_->n_trees(); }
std::string Forest::kernel() const {
  const std::string row = layout_->tiles ? std::string("tiles of 7 nodes, ") + layout_->tiles->kernel() : std::string("8 walks in flight, ") + (layout_->is_wide ? "16" : "8") + "-byte nodes";
  return row + "; batches: " + top_kernels().back().name;
}

expected<void, RowError> Forest::validate(const Rows& rows) const { return check_rows(rows, info(), layout_->spec.nan, Width::f32); }

void Forest::Layout::add_tiled(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept {
  const auto has_nan = [](std::span<const double> numbers) { return std::ranges::any_of(numbers, [](double number) { return std::isnan(number); }); };
  for (std::size_t first = 0; first < rows.rows();) {
    const std::size_t left = std::min(ForestTiles::kMostRows, rows.rows() - first), count = left < kFewRows ? 1 : left;
    const MatrixView<const double> here(rows.row(first).data(), count, rows.columns());
    double* target = out + first * spec.width;
    if (any_missing_left && has_nan({here.data(), count * rows.columns()})) add_walked(here, target, scratch);
    else if (count == 1) tiles->add_row(here.row(0), target);
    else tiles->add_rows(here, target, scratch);
    first += count;
  }
}

void Forest::Layout::add_walked(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept {
  constexpr std::size_t kBlock = Grove<WordNode>::kBlockRows;
  const std::size_t together = rows.rows() < kFewRows ? 1 : kBlock;
  scratch.indexes.resize(inputs() * together + n_trees());
  std::uint32_t* filled = scratch.indexes.data();
  std::uint32_t* at = filled + inputs() * together;
  scratch.words.resize(together > 1 ? inputs() * kBlock : 0);
  for (std::size_t first = 0; first < rows.rows();) {
    const std::size_t count = std::min(kBlock, rows.rows() - first);
    double* target = out + first * spec.width;
    if (count < kFewRows) {
      fill(rows.row(first), filled);
      is_wide ? add_row(wide, filled, target, at) : add_row(narrow, filled, target, at);
      ++first;
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) fill(rows.row(first + i), filled + i * inputs());
    std::int32_t* columns = scratch.words.data();
    for (std::size_t j = 0; j < inputs(); ++j) {
      for (std::size_t i = 0; i < count; ++i) columns[j * kBlock + i] = Grove<WordNode>::biased(filled[i * inputs() + j]);
      std::fill(columns + j * kBlock + count, columns + (j + 1) * kBlock, 0);
    }
    is_wide ? add_block(wide, filled, columns, count, target) : add_block(narrow, filled, columns, count, target);
    first += count;
  }
}

/// Sums of the leaves of all trees, divided by their number if this is a forest. out: [rows, width].
void Forest::mean(MatrixView<const double> rows, double* out, Scratch& scratch) const noexcept {
  const Layout& forest = *layout_;
  const std::size_t numbers = rows.rows() * forest.spec.width;
  std::fill_n(out, numbers, 0.0);
  forest.tiles ? forest.add_tiled(rows, out, scratch) : forest.add_walked(rows, out, scratch);
  if (!forest.spec.averaged) return;
  const auto n_trees = static_cast<double>(forest.n_trees());
  for (std::size_t i = 0; i < numbers; ++i) out[i] /= n_trees;
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
    return forest.is_wide ? forest.labels(forest.wide, matrix, out.i64.data(), scratch) : forest.labels(forest.narrow, matrix, out.i64.data(), scratch);
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
  CHECK(layout_->n_trees() > 0);
  layout_->finish();
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
