// A LightGBM model from its text: src/io/tree.cpp, src/boosting/gbdt_model_text.cpp.
#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/error.h"
#include "formats/json.h"
#include "formats/lightgbm_text.h"
#include "importers/booster_parts.h"
#include "importers/lightgbm.h"

namespace headroom::importers {
using formats::LightgbmSection;
using model::BoosterSpec;
using model::BoosterTree;
using model::InputKind;

namespace {
/// Lists of one block, refused with the block's name, which is made only then: there can be hundreds of thousands of blocks.
class Block {
 public:
  /// tree: its number, or nothing for the header.
  Block(const LightgbmSection& section, std::optional<std::size_t> tree, const Place& parent) : section_(section), tree_(tree), parent_(parent) {}

  [[nodiscard]] bool has(std::string_view key) const { return section_.find(key) != nullptr; }
  /// `out` holds what stands there instead of what it held.
  Read<bool> list(std::string_view key, std::size_t size, std::vector<double>& out) const {
    out.clear();
    const auto* text = section_.find(key);
    if (text == nullptr && size > 0) return refuse("the line '" + std::string(key) + "=' is missing");
    if (text != nullptr) out.reserve(std::min(size, text->size() / 2 + 1));
    if (text != nullptr && !formats::read_numbers(*text, out)) return refuse("'" + std::string(key) + "=' holds something that is no number");
    if (out.size() != size) return refuse("'" + std::string(key) + "=' has " + std::to_string(out.size()) + " numbers, expected " + std::to_string(size));
    return true;
  }
  /// Of whole numbers; whatever is none, or does not fit, becomes one that is no feature, child or type.
  Read<bool> whole_list(std::string_view key, std::size_t size, std::vector<std::int32_t>& out) const {
    const auto* text = section_.find(key);
    if (text != nullptr && formats::read_whole_numbers(*text, size, out)) return true;
    HEADROOM_TRY(numbers, list(key, size));
    constexpr std::int32_t kNone = std::numeric_limits<std::int32_t>::min();
    out.clear();
    for (const double number : numbers) out.push_back(std::fabs(number) <= 0x3fffffff && number == std::floor(number) ? static_cast<std::int32_t>(number) : kNone);
    return true;
  }
  Read<std::vector<double>> list(std::string_view key, std::size_t size) const {
    std::vector<double> numbers;
    HEADROOM_TRY_VOID(list(key, size, numbers));
    return numbers;
  }
  Read<std::vector<double>> any_list(std::string_view key) const {
    std::vector<double> numbers;
    const auto* text = section_.find(key);
    if (text != nullptr && !formats::read_numbers(*text, numbers)) return refuse("'" + std::string(key) + "=' holds something that is no number");
    return numbers;
  }
  /// absent: what a missing line means.
  Read<std::size_t> count(std::string_view key, std::optional<std::size_t> absent = std::nullopt) const {
    const auto* text = section_.find(key);
    if (text == nullptr && absent) return *absent;
    if (text != nullptr && text->size() == 1 && (*text)[0] >= '0' && (*text)[0] <= '9') return static_cast<std::size_t>((*text)[0] - '0');
    HEADROOM_TRY(numbers, list(key, 1));
    if (!(numbers[0] >= 0 && numbers[0] <= 0x3fffffff) || numbers[0] != std::floor(numbers[0])) return refuse("'" + std::string(key) + "=' is no count");
    return static_cast<std::size_t>(numbers[0]);
  }
  [[nodiscard]] Place place() const { return {parent_.value(), parent_.path() + (tree_ ? ".trees[" + std::to_string(*tree_) + "]" : ".header")}; }
  [[nodiscard]] tl::unexpected<ImportError> refuse(std::string what) const { return place().refuse(std::move(what)); }

 private:
  const LightgbmSection& section_;
  std::optional<std::size_t> tree_;
  const Place& parent_;
};

class TreeReader {
 public:
  explicit TreeReader(std::size_t n_features) : n_features_(n_features) {}
  /// Reads into `tree`.
  Read<bool> read(const Block& block);
  InputSet inputs;
  BoosterTree tree;

 private:
  Read<bool> read_splits(const Block& block, std::size_t leaves);
  Read<bool> read_sets(const Block& block, std::size_t n_sets);
  Read<bool> read_linear(const Block& block, std::size_t leaves);
  std::size_t n_features_;
  // Of the tree at hand, kept for their room.
  std::vector<std::int32_t> features_, types_, left_, right_;
  std::vector<double> thresholds_, leaves_;
  StructureRoom room_;
};

Read<bool> TreeReader::read_sets(const Block& block, std::size_t n_sets) {
  tree.sets.clear();
  tree.set.assign(n_sets == 0 ? 0 : tree.left.size(), -1);
  if (n_sets == 0) return true;
  HEADROOM_TRY(bounds, block.list("cat_boundaries", n_sets + 1));
  HEADROOM_TRY(words, block.any_list("cat_threshold"));
  for (std::size_t i = 0; i < n_sets; ++i) {
    if (!(bounds[i] >= 0 && bounds[i] <= bounds[i + 1] && bounds[i + 1] <= static_cast<double>(words.size()))) return block.refuse("cat_boundaries reaches beyond cat_threshold");
    model::CategorySet set;
    for (auto w = static_cast<std::size_t>(bounds[i]); w < static_cast<std::size_t>(bounds[i + 1]); ++w) {
      if (!(words[w] >= 0 && words[w] <= 4294967295.0)) return block.refuse("cat_threshold holds something that is no 32-bit word");
      set.bits.push_back(static_cast<std::uint32_t>(words[w]));
    }
    tree.sets.push_back(std::move(set));
  }
  return true;
}

/// Internal nodes come first and keep their numbers; leaf i becomes node leaves − 1 + i.
Read<bool> TreeReader::read_splits(const Block& block, std::size_t leaves) {
  const std::size_t splits = leaves - 1;
  HEADROOM_TRY_VOID(block.whole_list("split_feature", splits, features_));
  HEADROOM_TRY_VOID(block.list("threshold", splits, thresholds_));
  HEADROOM_TRY_VOID(block.whole_list("decision_type", splits, types_));
  HEADROOM_TRY_VOID(block.whole_list("left_child", splits, left_));
  HEADROOM_TRY_VOID(block.whole_list("right_child", splits, right_));
  const auto n_splits = static_cast<std::int64_t>(splits), n_nodes = n_splits + static_cast<std::int64_t>(leaves);
  const auto node_of = [=](std::int64_t child) {
    const std::int64_t node = child < 0 ? n_splits - 1 - child : child;
    return static_cast<std::int32_t>(child < 0 ? (node < n_nodes ? node : -1) : (node < n_splits ? node : -1));
  };
  for (std::size_t i = 0; i < splits; ++i) {
    tree.left[i] = node_of(left_[i]);
    tree.right[i] = node_of(right_[i]);
    if (tree.left[i] < 0 || tree.right[i] < 0) return block.refuse("a child of split " + std::to_string(i) + " is no node of this tree");
    if (features_[i] < 0 || static_cast<std::size_t>(features_[i]) >= n_features_) return block.refuse("split " + std::to_string(i) + " asks for a feature that there is not");
    if (types_[i] < 0 || types_[i] >= 16) return block.refuse("decision_type " + std::to_string(types_[i]) + " is not known");
    const auto type = static_cast<unsigned>(types_[i]);
    const unsigned missing = type >> 2U;
    if (missing > 2) return block.refuse("decision_type " + std::to_string(type) + " is not known");
    auto kind = missing == 0 ? InputKind::nan_is_zero : missing == 1 ? InputKind::zero_is_missing : InputKind::number;
    if ((type & 1U) != 0) {
      kind = InputKind::lightgbm_category;
      if (!(thresholds_[i] >= 0 && thresholds_[i] < static_cast<double>(tree.sets.size()))) return block.refuse("split " + std::to_string(i) + " has no set of categories");
      tree.set[i] = static_cast<std::int32_t>(thresholds_[i]);
    }
    tree.missing_left[i] = kind != InputKind::nan_is_zero && (type & 2U) != 0 ? 1 : 0;   // nothing is missing there
    tree.threshold[i] = thresholds_[i];
    tree.feature[i] = inputs.index_of(static_cast<std::uint32_t>(features_[i]), kind);
  }
  return true;
}

Read<bool> TreeReader::read_linear(const Block& block, std::size_t leaves) {
  tree.linear.clear();
  HEADROOM_TRY(is_linear, block.count("is_linear", 0));
  if (is_linear == 0) return true;
  tree.linear.resize(tree.left.size());
  HEADROOM_TRY(constants, block.list("leaf_const", leaves));
  HEADROOM_TRY(counts, block.list("num_features", leaves));
  double total = 0;
  for (const double count : counts) {
    if (!(count >= 0 && count <= static_cast<double>(n_features_))) return block.refuse("num_features of a leaf is no count of features");
    total += count;
  }
  HEADROOM_TRY(features, block.list("leaf_features", static_cast<std::size_t>(total)));
  HEADROOM_TRY(coefficients, block.list("leaf_coeff", static_cast<std::size_t>(total)));
  std::size_t at = 0;
  for (std::size_t i = 0; i < leaves; ++i) {
    auto& leaf = tree.linear[leaves - 1 + i];
    leaf.constant = constants[i];
    for (std::size_t k = 0; k < static_cast<std::size_t>(counts[i]); ++k, ++at) {
      if (!(features[at] >= 0 && features[at] < static_cast<double>(n_features_))) return block.refuse("a linear leaf asks for a feature that there is not");
      leaf.columns.push_back(static_cast<std::uint32_t>(features[at]));
      leaf.coefficients.push_back(coefficients[at]);
    }
  }
  return true;
}

Read<bool> TreeReader::read(const Block& block) {
  HEADROOM_TRY(leaves, block.count("num_leaves"));
  if (leaves == 0) return block.refuse("a tree without leaves");
  HEADROOM_TRY_VOID(block.list("leaf_value", leaves, leaves_));   // as many numbers as the file holds: no small file asks for much
  HEADROOM_TRY(n_sets, block.count("num_cat", 0));
  const std::size_t nodes = 2 * leaves - 1, splits = leaves - 1;
  for (auto* children : {&tree.left, &tree.right}) {
    children->resize(nodes);
    std::fill(children->begin() + static_cast<std::ptrdiff_t>(splits), children->end(), -1);
  }
  tree.feature.resize(nodes);        // what leaves have of these is not looked at
  tree.threshold.resize(nodes);
  tree.missing_left.resize(nodes);
  tree.values.resize(nodes);
  std::fill_n(tree.values.begin(), splits, 0.0);
  for (std::size_t i = 0; i < leaves; ++i) {
    if (!std::isfinite(leaves_[i])) return block.refuse("a leaf holds a value that is not finite");
    tree.values[splits + i] = leaves_[i];
  }
  HEADROOM_TRY_VOID(read_sets(block, n_sets));
  HEADROOM_TRY_VOID(read_splits(block, leaves));
  if (auto fault = structure_fault(tree.left, tree.right, room_); !fault.empty()) return block.refuse(std::move(fault));
  return read_linear(block, leaves);
}

/// Names, unless they are LightGBM's own Column_0, Column_1, …
std::vector<std::string> feature_names(const LightgbmSection& header) {
  std::vector<std::string> names;
  const auto* text = header.find("feature_names");
  if (text == nullptr) return names;
  bool are_made_up = true;
  for (auto rest = *text; !rest.empty();) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word.empty()) continue;
    are_made_up = are_made_up && word == "Column_" + std::to_string(names.size());
    names.emplace_back(word);
  }
  if (are_made_up) names.clear();
  return names;
}

/// Columns that pandas held as categories, in order: those of the parameter categorical_feature, or those whose info is no range.
std::vector<double> categorical_columns(const formats::LightgbmText& text, std::size_t wanted) {
  for (const auto& [name, value] : text.parameters) {
    std::string list(value);
    std::ranges::replace(list, ',', ' ');
    std::vector<double> columns;
    if (name == "categorical_feature" && formats::read_numbers(list, columns) && columns.size() == wanted) return columns;
  }
  std::vector<double> columns;
  const auto* infos = text.header.find("feature_infos");
  double column = 0;
  for (auto rest = infos == nullptr ? std::string_view() : *infos; !rest.empty(); ++column) {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (!word.starts_with('[') && word != "none") columns.push_back(column);
  }
  if (columns.size() != wanted) columns.clear();
  return columns;
}

Read<bool> read_pandas(const formats::LightgbmText& text, const Place& place, BoosterSpec& spec) {
  if (text.pandas_categorical.empty()) return true;
  const auto graph = formats::read_json(std::as_bytes(std::span(text.pandas_categorical)), {});
  if (!graph) return place.refuse("pandas_categorical is no JSON: " + graph.error().what);
  const Place root(graph->root, place.path() + ".pandas_categorical");
  if (root.is_none()) return true;
  HEADROOM_TRY(count, root.size());
  const auto columns = categorical_columns(text, count);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto list = root.item(i);
    std::vector<model::Label> labels;
    if (list.value().array() != nullptr) {
      HEADROOM_TRY(numbers, number_list(list));
      labels.assign(numbers.begin(), numbers.end());
    } else {
      HEADROOM_TRY(texts, list.names());
      labels.assign(texts.begin(), texts.end());
    }
    if (!(columns[i] >= 0 && columns[i] < static_cast<double>(spec.n_features))) return root.refuse("a column of categories that there is not");
    HEADROOM_TRY(table, category_table(static_cast<std::uint32_t>(columns[i]), labels, list));
    spec.inputs.tables.push_back(std::move(table));
  }
  return true;
}

Read<bool> check_header(const Block& header, const LightgbmSection& section) {
  const auto* version = section.find("version");
  if (version == nullptr || (*version != "v2" && *version != "v3" && *version != "v4")) {
    return header.refuse("the version '" + formats::printable(version == nullptr ? std::string_view() : *version, 20) + "' of LightGBM's model text is not known (v2 to v4 are)");
  }
  return true;
}
}  // namespace

Imported import_lightgbm_text(std::string_view text, const Estimator& estimator, LightgbmOptions options) {
  const auto parsed = formats::read_lightgbm_text(text);
  if (!parsed) return estimator.place.refuse("the model's text is damaged: " + parsed.error().what);
  const Block header(parsed->header, std::nullopt, estimator.place);
  HEADROOM_TRY_VOID(check_header(header, parsed->header));
  HEADROOM_TRY(groups, header.count("num_tree_per_iteration"));
  HEADROOM_TRY(classes, header.count("num_class", groups));
  HEADROOM_TRY(last_feature, header.count("max_feature_idx"));
  constexpr std::size_t kMost = 1U << 24U;
  if (groups == 0 || groups > 100'000 || last_feature >= kMost) return header.refuse("num_tree_per_iteration or max_feature_idx is out of range");
  const auto* objective = parsed->header.find("objective");
  BoosterSpec spec;
  spec.n_features = last_feature + 1;
  if (objective != nullptr) {
    HEADROOM_TRY(link, lightgbm_objective(*objective, options.role, header.place()));
    spec.link = link;
  } else if (options.role == LightgbmRole::classifier) {
    return header.refuse("the model has no objective: it was trained with a function of its own");
  }
  if ((spec.link.answer == model::Answer::two_classes || spec.link.answer == model::Answer::classes) && (spec.link.answer == model::Answer::classes) != (groups > 1)) {
    return header.refuse("num_tree_per_iteration " + std::to_string(groups) + " does not go with the objective");
  }
  if (classes != groups || parsed->trees.size() % groups != 0) {
    return header.refuse(std::to_string(parsed->trees.size()) + " trees, num_tree_per_iteration " + std::to_string(groups) + " and num_class " + std::to_string(classes) + " do not go together");
  }
  spec.base.assign(groups, 0.0);
  spec.inputs.cut_tiny = true;
  std::size_t used = parsed->trees.size();
  if (options.iterations > 0) used = std::min(used, options.iterations > used / groups ? used : options.iterations * groups);
  if (parsed->header.find("average_output") != nullptr && used > 0) {
    const std::size_t iterations = used / groups;
    spec.divide = static_cast<double>(iterations);
  }
  HEADROOM_TRY_VOID(read_pandas(*parsed, estimator.place, spec));
  const auto link = spec.link;
  const auto n_features = spec.n_features;
  model::Booster::Builder builder(std::move(spec));
  TreeReader reader(n_features);
  constexpr std::size_t kLeastOfNode = 16;   // characters: what there will not be is never written to, and takes no memory
  builder.reserve(used, text.size() / kLeastOfNode);
  LightgbmSection lines;
  for (std::size_t i = 0; i < used; ++i) {
    if (auto read = formats::read_lightgbm_tree(parsed->trees[i], lines); !read) return estimator.place.refuse("the model's text is damaged: " + read.error().what);
    HEADROOM_TRY_VOID(reader.read(Block(lines, i, estimator.place)));
    HEADROOM_TRY_VOID(spend(estimator, reader.tree.left.size() * 28));
    reader.tree.group = static_cast<std::uint32_t>(i % groups);
    builder.add(reader.tree);
  }
  builder.inputs().inputs = reader.inputs.take();
  auto features = feature_names(parsed->header);
  if (!features.empty() && features.size() != n_features) return header.refuse("feature_names names " + std::to_string(features.size()) + " features of " + std::to_string(n_features));
  const std::string version(*parsed->header.find("version"));
  const auto written = objective != nullptr ? formats::printable(*objective, 60) : std::string();
  const bool has_objective = objective != nullptr;
  options.file.reset();   // the text may be gone now
  auto booster = builder.build();
  model::ModelInfo& info = booster->edit_info();
  info.library = "LightGBM";
  info.library_version = version;
  info.estimator = std::string(estimator.name);
  info.tree.estimator = info.estimator;
  if (has_objective) info.tree.parameters = {{"objective", "'" + written + "'"}};
  info.features = std::move(features);
  for (std::size_t k = 0; link.is_classifier() && k < link.columns(groups); ++k) info.classes.emplace_back(static_cast<std::int64_t>(k));
  if (link.is_classifier()) info.classes_dtype = "<i8";
  return model::CompiledPtr(std::move(booster));
}
}  // namespace headroom::importers
