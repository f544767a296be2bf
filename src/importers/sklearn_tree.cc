#include "importers/sklearn_tree.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "formats/error.h"

namespace headroom::importers {
using formats::DType;
using formats::Kind;
using formats::NdArray;
using model::ForestSpec;
using model::TreeSpec;

namespace {
constexpr std::string_view kKnownFields[] = {"left_child", "right_child", "feature", "threshold", "impurity",
                                             "n_node_samples", "weighted_n_node_samples", "missing_go_to_left"};

/// One column of the structured array of nodes.
class Column {
 public:
  Column(const NdArray* array, const DType::Field* of) : nodes_(array), field_(of) {}
  [[nodiscard]] std::int64_t integer(std::size_t i) const { return formats::read_int(field_->type, nodes_->element(i) + field_->offset); }
  [[nodiscard]] double real(std::size_t i) const { return formats::read_double(field_->type, nodes_->element(i) + field_->offset); }

  /// All of them, as whole numbers of 32 bits: what lies beyond becomes -2, which no check lets pass where it matters.
  [[nodiscard]] std::vector<std::int32_t> small_integers() const {
    std::vector<std::int32_t> out(nodes_->count());
    const auto small = [](std::int64_t value) { return value >= -2 && value <= 0x7fffffff ? static_cast<std::int32_t>(value) : -2; };
    const bool is_plain = field_->type.kind == 'i' && field_->type.itemsize == 8 && !field_->type.swapped;   // as all releases on 64 bits write
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = small(is_plain ? raw<std::int64_t>(i) : integer(i));
    return out;
  }
  [[nodiscard]] std::vector<double> reals() const {
    std::vector<double> out(nodes_->count());
    const bool is_plain = field_->type.kind == 'f' && field_->type.itemsize == 8 && !field_->type.swapped;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = is_plain ? raw<double>(i) : real(i);
    return out;
  }

 private:
  template <class T>
  [[nodiscard]] T raw(std::size_t i) const {
    T value;
    std::memcpy(&value, nodes_->data.data() + i * nodes_->dtype.itemsize + field_->offset, sizeof(T));
    return value;
  }
  const NdArray* nodes_;      // of one dimension
  const DType::Field* field_;
};

Read<Column> column(const Place& nodes, std::string_view name) {
  const auto* field = nodes.value().array()->dtype.field(name);
  if (field == nullptr || !field->type.is_numeric()) return nodes.refuse("the tree's nodes have no numeric field '" + std::string(name) + "'");
  return Column{nodes.value().array(), field};
}

/// tree_.nodes: a structured array, of which every field is known: a new one (categorical splits of 1.10, say) may change the meaning.
Read<Place> nodes_of(const Place& tree) {
  HEADROOM_TRY(nodes, tree.need("nodes"));
  HEADROOM_TRY(array, nodes.array());
  if (array->dtype.fields.empty() || array->shape.size() != 1) return nodes.mismatch("a one-dimensional array of tree nodes");
  if (array->shape[0] == 0 || array->shape[0] > 0x7fffffff) return nodes.refuse("the tree has " + std::to_string(array->shape[0]) + " nodes");
  for (const auto& field : array->dtype.fields) {
    bool is_known = false;
    for (const auto known : kKnownFields) is_known = is_known || known == field.name;
    if (!is_known) return nodes.refuse("the tree's nodes have a field '" + formats::printable(field.name, 40) + "', whose meaning is not known");
  }
  HEADROOM_TRY(count_place, tree.need("node_count"));
  HEADROOM_TRY(count, count_place.integer());
  if (count != static_cast<std::int64_t>(array->shape[0])) {
    return count_place.refuse("node_count is " + std::to_string(count) + ", but the tree has " + std::to_string(array->shape[0]) + " nodes");
  }
  return std::move(nodes);
}

/// tree_: a call of sklearn.tree._tree.Tree(n_features, n_classes, n_outputs) with a state.
Read<Place> tree_of(const Estimator& estimator) {
  HEADROOM_TRY(tree, estimator.place.need("tree_"));
  const auto& value = tree.value();
  const bool is_tree = (value.is(Kind::call) || value.is(Kind::object)) && value.callee().is_global("sklearn.tree._tree.Tree");
  if (!is_tree || value.args().items().size() != 3) return tree.mismatch("a fitted tree (sklearn.tree._tree.Tree)");
  return std::move(tree);
}

Read<bool> check_constructor(const Place& tree, const TreeShape& shape) {
  const auto args = tree.value().args();
  const Place n_features(args.items()[0], tree.path() + ".n_features");
  const Place n_classes(args.items()[1], tree.path() + ".n_classes");
  const Place n_outputs(args.items()[2], tree.path() + ".n_outputs");
  HEADROOM_TRY(features, n_features.count());
  if (features != shape.n_features) return n_features.refuse("the tree has " + std::to_string(features) + " features, its estimator " + std::to_string(shape.n_features) + " (n_features_in_)");
  HEADROOM_TRY(stored_outputs, n_outputs.count());
  if (stored_outputs != shape.classes.size()) return n_outputs.refuse("the tree has " + std::to_string(stored_outputs) + " outputs, expected " + std::to_string(shape.classes.size()));
  HEADROOM_TRY(classes, n_classes.numbers({shape.classes.size()}));
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const auto expected = shape.classes[i];
    if (classes[i] != static_cast<double>(expected)) return n_classes.refuse("the tree has " + std::to_string(static_cast<std::int64_t>(classes[i])) + " classes, expected " + std::to_string(expected));
  }
  return true;
}

/// Children in range, each node with one parent and reached from the root; features in range; thresholds numbers.
Read<bool> check_structure(const Place& nodes, const TreeSpec& tree, std::size_t n_features) {
  const auto n = static_cast<std::int64_t>(tree.left.size());
  const auto refuse = [&](std::size_t node, const std::string& what) {
    return unexpected(ImportError{"tree node " + std::to_string(node) + ": " + what, nodes.path() + "[" + std::to_string(node) + "]", nodes.value().offset()});
  };
  std::vector<bool> seen(tree.left.size());
  std::vector<std::int32_t> open{0};
  seen[0] = true;
  while (!open.empty()) {
    const auto node = static_cast<std::size_t>(open.back());
    open.pop_back();
    if (tree.left[node] == -1) {
      if (tree.right[node] != -1) return refuse(node, "it has a right child but no left one");
      continue;
    }
    for (const auto child : {tree.left[node], tree.right[node]}) {
      if (child < 0 || child >= n) return refuse(node, "its child " + std::to_string(child) + " is no node of this tree (0 to " + std::to_string(n - 1) + ")");
      if (seen[static_cast<std::size_t>(child)]) return refuse(node, "its child " + std::to_string(child) + " has another parent, or is its own ancestor (a cycle)");
      seen[static_cast<std::size_t>(child)] = true;
      open.push_back(child);
    }
    if (tree.feature[node] < 0 || static_cast<std::size_t>(tree.feature[node]) >= n_features) {
      return refuse(node, "it asks for feature " + std::to_string(tree.feature[node]) + " of " + std::to_string(n_features));
    }
    if (std::isnan(tree.threshold[node])) return refuse(node, "its threshold is NaN");
  }
  return true;
}

Read<TreeSpec> read_nodes(const Place& nodes) {
  HEADROOM_TRY(left, column(nodes, "left_child"));
  HEADROOM_TRY(right, column(nodes, "right_child"));
  HEADROOM_TRY(feature, column(nodes, "feature"));
  HEADROOM_TRY(threshold, column(nodes, "threshold"));
  const std::size_t n = nodes.value().array()->count();
  TreeSpec tree;
  tree.left = left.small_integers();
  tree.right = right.small_integers();
  tree.feature = feature.small_integers();
  tree.threshold = threshold.reals();
  if (nodes.value().array()->dtype.field("missing_go_to_left") != nullptr) {
    HEADROOM_TRY(missing, column(nodes, "missing_go_to_left"));
    for (std::size_t i = 0; i < n; ++i) tree.missing_left.push_back(missing.integer(i) != 0 ? 1 : 0);
  }
  return tree;
}
}  // namespace

Read<model::Nan> nan_of_tree(const Estimator& tree) {
  using model::Nan;
  const auto word = [&](std::string_view name) -> std::string_view {
    const auto place = tree.place.find(name);
    return place && place->value().is(Kind::text) ? place->value().text() : std::string_view();
  };
  const bool is_extra = tree.name.starts_with("ExtraTree");
  const auto splitter = word("splitter");
  if (tree.version < Version{1, 3}) return Nan::refuse;
  if (tree.version >= Version{1, 9}) return !is_extra || splitter == "random" ? Nan::allow : Nan::refuse;
  if (const auto monotonic = tree.place.find("monotonic_cst"); monotonic && !monotonic->is_none()) return Nan::refuse;
  const bool splitter_allows = tree.version < Version{1, 6} ? splitter == "best" : is_extra ? splitter == "random" : splitter == "best" || splitter == "random";
  const auto criterion = word("criterion");
  const bool is_classifier = tree.name.ends_with("Classifier");
  const bool criterion_allows = is_classifier ? criterion == "gini" || criterion == "log_loss" || criterion == "entropy"
                                              : criterion == "squared_error" || criterion == "friedman_mse" || criterion == "poisson";
  return splitter_allows && criterion_allows ? Nan::allow : Nan::refuse;
}

Read<bool> holds_counts(const Estimator& tree) {
  if (tree.is_stamped) return tree.version < Version{1, 4};
  HEADROOM_TRY(state, tree_of(tree));
  HEADROOM_TRY(values, state.need("values"));
  HEADROOM_TRY(numbers, values.numbers());
  const auto& shape = values.value().array()->shape;
  double sum = 0;
  for (std::size_t k = 0; shape.size() == 3 && k < shape[2] && k < numbers.size(); ++k) sum += numbers[k];
  return std::fabs(sum - 1.0) > 1e-6;
}

Read<std::size_t> n_outputs_of(const Estimator& regressor) {
  HEADROOM_TRY(place, regressor.place.need("n_outputs_"));
  HEADROOM_TRY(count, place.count());
  if (count == 0 || count > 100'000) return place.refuse(std::to_string(count) + " outputs");
  return count;
}

Read<TreeSpec> read_tree(const Estimator& estimator, const TreeShape& shape) {
  HEADROOM_TRY(tree, tree_of(estimator));
  HEADROOM_TRY_VOID(check_constructor(tree, shape));
  HEADROOM_TRY(nodes, nodes_of(tree));
  const auto n = nodes.value().array()->count();
  const std::size_t outputs = shape.classes.size();
  const std::size_t most = *std::ranges::max_element(shape.classes);
  // A node compiles to 16 bytes and its leaf's values.
  HEADROOM_TRY_VOID(spend(estimator, n * 16 + n / 2 * outputs * most * 8));
  HEADROOM_TRY(description, read_nodes(nodes));
  HEADROOM_TRY_VOID(check_structure(nodes, description, shape.n_features));
  HEADROOM_TRY(values, tree.need("values"));
  HEADROOM_TRY(numbers, values.numbers({n, outputs, most}));
  for (const double number : numbers) {
    if (!std::isfinite(number)) return values.refuse("a leaf of the tree holds a value that is not finite");
  }
  description.values = std::move(numbers);
  return std::move(description);
}

Read<TreeSpec> read_tree(const Estimator& estimator, const ForestSpec& spec) {
  const bool is_classifier = spec.task == model::Task::classification;
  return read_tree(estimator, TreeShape{spec.n_features, is_classifier ? std::vector<std::size_t>{spec.width} : std::vector<std::size_t>(spec.width, 1)});
}

Read<std::vector<double>> node_samples(const Estimator& tree) {
  HEADROOM_TRY(state, tree_of(tree));
  HEADROOM_TRY(nodes, nodes_of(state));
  HEADROOM_TRY(samples, column(nodes, "n_node_samples"));
  return samples.reals();
}

Read<bool> add_tree(const Estimator& estimator, const ForestSpec& spec, model::Forest::Builder& builder) {
  HEADROOM_TRY(tree, read_tree(estimator, spec));
  builder.add(tree);
  return true;
}

Imported import_tree(const Estimator& estimator) {
  ForestSpec spec;
  spec.averaged = false;
  const bool is_classifier = estimator.name.ends_with("Classifier");
  spec.task = is_classifier ? model::Task::classification : model::Task::regression;
  model::ModelInfo classes;
  HEADROOM_TRY(n_features, n_features_of(estimator));
  spec.n_features = n_features;
  if (is_classifier && has_several_outputs(estimator)) return import_several_outputs(estimator);
  if (is_classifier) {
    HEADROOM_TRY_VOID(describe_classes(estimator, classes));
    HEADROOM_TRY(counts, holds_counts(estimator));
    spec.counts = counts;
    spec.width = classes.classes.size();
  } else {
    HEADROOM_TRY(outputs, n_outputs_of(estimator));
    spec.width = outputs;
  }
  HEADROOM_TRY(nan, nan_of_tree(estimator));
  spec.nan = nan;
  model::Forest::Builder builder(spec);
  HEADROOM_TRY_VOID(add_tree(estimator, spec, builder));
  auto forest = builder.build();
  forest->edit_info().classes = std::move(classes.classes);
  forest->edit_info().classes_dtype = std::move(classes.classes_dtype);
  HEADROOM_TRY_VOID(describe(estimator, forest->edit_info()));
  return model::CompiledPtr(std::move(forest));
}
}  // namespace headroom::importers
