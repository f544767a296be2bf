// HistGradientBoostingClassifier and HistGradientBoostingRegressor.
#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/booster_parts.h"
#include "importers/numpy_era.h"

namespace headroom::importers {
using formats::Kind;
using model::BoosterSpec;
using model::BoosterTree;
using model::Choice;
using model::InputKind;
using model::Link;

namespace {
constexpr std::string_view kKnownFields[] = {"value", "count", "feature_idx", "num_threshold", "threshold", "missing_go_to_left", "left", "right",
                                             "gain", "depth", "is_leaf", "bin_threshold", "is_categorical", "bitset_idx"};

/// What the columns of the trees are: since 1.4 categorical columns come first (_preprocessor).
struct Columns {
  std::vector<model::Input> inputs;                  // one for each column of the trees
  std::vector<model::CategoryTable> tables;
  std::vector<std::uint32_t> finite;
};

/// Categories that the bin mapper knows of a column: bits of what may be seen.
Read<bool> read_known(const Place& thresholds, std::size_t column, Version version, model::Input& input) {
  const auto place = thresholds.item(column);
  HEADROOM_TRY(values, place.numbers());
  for (const double value : values) {
    if (!(value >= 0 && value < 256)) return place.refuse("the category " + std::to_string(value) + " is out of range");
    input.known[static_cast<std::size_t>(value)] = true;
  }
  input.kind = version < Version{1, 3} ? InputKind::hist_byte : InputKind::hist_category;
  return true;
}

Read<std::vector<bool>> mask_of(const Place& place, std::size_t size) {
  HEADROOM_TRY(numbers, place.numbers({size}));
  std::vector<bool> mask;
  for (const double number : numbers) mask.push_back(number != 0);
  return mask;
}

/// The fitted OrdinalEncoder's categories of one column: texts through a table, numbers by their place.
Read<bool> read_encoder(const Place& categories, std::uint32_t column, Columns& columns, model::Input& input) {
  HEADROOM_TRY(array, categories.array());
  if (array->dtype.is_numeric()) {
    HEADROOM_TRY(values, categories.numbers());
    while (!values.empty() && std::isnan(values.back())) values.pop_back();
    if (!std::ranges::is_sorted(values)) return categories.refuse("the categories are not sorted");
    if (values.empty()) values.push_back(std::numeric_limits<double>::infinity());
    input.categories = std::move(values);
    columns.finite.push_back(column);
    return true;
  }
  std::vector<model::Label> labels;
  const bool is_object = array->dtype.kind == 'O';
  for (std::size_t i = 0; i < array->count(); ++i) {
    if (is_object && !array->objects[i].is(Kind::text)) {
      const bool is_missing = array->objects[i].is(Kind::none) || (array->objects[i].is(Kind::real) && std::isnan(array->objects[i].real()));
      if (!is_missing || i + 2 < array->count()) return categories.item(i).mismatch("a category that is a text");
      continue;
    }
    labels.emplace_back(is_object ? std::string(array->objects[i].text()) : formats::read_text(array->dtype, array->element(i)));
  }
  HEADROOM_TRY(table, category_table(column, labels, categories));
  table.takes_codes = false;
  columns.tables.push_back(std::move(table));
  return true;
}

/// The ColumnTransformer of 1.4 and later: ("encoder", OrdinalEncoder, mask), ("numerical", identity, mask).
Read<bool> read_preprocessor(const Place& preprocessor, const std::vector<bool>& is_categorical, Columns& columns) {
  HEADROOM_TRY(transformers, preprocessor.need("transformers_"));
  HEADROOM_TRY(count, transformers.size());
  if (count == 0 || transformers.item(0).value().items().size() != 3) return transformers.mismatch("the encoder of categories and the rest");
  const auto encoder = transformers.item(0).item(1);
  const auto& value = encoder.value();
  if (!value.is(Kind::object) || value.callee().text() != "sklearn.preprocessing._encoders.OrdinalEncoder") return encoder.mismatch("an OrdinalEncoder");
  HEADROOM_TRY(categories, encoder.need("categories_"));
  HEADROOM_TRY(n_categories, categories.size());
  std::vector<model::Input> numerical;
  std::size_t next = 0;
  for (std::size_t j = 0; j < is_categorical.size(); ++j) {
    model::Input input;
    input.column = static_cast<std::uint32_t>(j);
    if (!is_categorical[j]) {
      numerical.push_back(std::move(input));
      continue;
    }
    if (next == n_categories) return categories.refuse("there are categories for " + std::to_string(n_categories) + " columns, but more are categorical");
    HEADROOM_TRY_VOID(read_encoder(categories.item(next++), input.column, columns, input));
    columns.inputs.push_back(std::move(input));
  }
  if (next != n_categories) return categories.refuse("there are categories for " + std::to_string(n_categories) + " columns, but fewer are categorical");
  columns.inputs.insert(columns.inputs.end(), numerical.begin(), numerical.end());
  return true;
}

Read<Columns> read_columns(const Estimator& boosting, std::size_t n_features) {
  Columns columns;
  std::vector<bool> is_categorical(n_features);
  if (const auto place = boosting.place.find("is_categorical_"); place && !place->is_none()) {
    HEADROOM_TRY(mask, mask_of(*place, n_features));
    is_categorical = std::move(mask);
  }
  const auto preprocessor = boosting.place.find("_preprocessor");
  if (preprocessor && !preprocessor->is_none()) {
    HEADROOM_TRY_VOID(read_preprocessor(*preprocessor, is_categorical, columns));
  } else {
    for (std::size_t j = 0; j < n_features; ++j) columns.inputs.push_back({static_cast<std::uint32_t>(j), InputKind::number, {}, {}});
  }
  const auto mapper = boosting.place.find("_bin_mapper");
  if (!mapper || mapper->is_none() || !mapper->find("is_categorical_")) return columns;   // up to 0.23 there were no categories
  HEADROOM_TRY(binned, mapper->need("is_categorical_"));
  HEADROOM_TRY(mask, mask_of(binned, n_features));
  HEADROOM_TRY(thresholds, mapper->need("bin_thresholds_"));
  HEADROOM_TRY(n_thresholds, thresholds.size());
  if (n_thresholds != n_features) return thresholds.refuse("bin_thresholds_ has " + std::to_string(n_thresholds) + " columns");
  for (std::size_t j = 0; j < n_features; ++j) {
    if (mask[j] != is_categorical[columns.inputs[j].column]) return binned.refuse("the bin mapper's categorical columns are not those of is_categorical_");
    if (mask[j]) HEADROOM_TRY_VOID(read_known(thresholds, j, boosting.version, columns.inputs[j]));
  }
  return columns;
}

/// One TreePredictor.
class PredictorReader {
 public:
  static Read<PredictorReader> open(const Place& place);
  Read<BoosterTree> read(const std::vector<model::Input>& inputs, std::uint32_t group) const;
  [[nodiscard]] std::size_t size() const { return nodes_->count(); }

 private:
  explicit PredictorReader(Place place) : place_(std::move(place)) {}
  [[nodiscard]] double number(std::string_view field, std::size_t i) const {
    const auto* found = nodes_->dtype.field(field);
    return found == nullptr ? 0 : formats::read_double(found->type, nodes_->element(i) + found->offset);
  }
  Read<model::CategorySet> set(double index) const;

  Place place_;
  const formats::NdArray* nodes_ = nullptr;
  std::vector<double> bitsets_;
};

Read<PredictorReader> PredictorReader::open(const Place& place) {
  if (!place.value().is(Kind::object) || !place.value().callee().text().ends_with(".predictor.TreePredictor")) return place.mismatch("a TreePredictor");
  HEADROOM_TRY(nodes, place.need("nodes"));
  HEADROOM_TRY(array, nodes.array());
  if (array->dtype.fields.empty() || array->shape.size() != 1 || array->shape[0] == 0 || array->shape[0] > 0x7fffffff) return nodes.mismatch("a one-dimensional array of tree nodes");
  for (const auto& field : array->dtype.fields) {
    if (std::ranges::find(kKnownFields, field.name) == std::end(kKnownFields) || !field.type.is_numeric()) {
      return nodes.refuse("the tree's nodes have a field '" + formats::printable(field.name, 40) + "', whose meaning is not known");
    }
  }
  for (const auto name : {"value", "feature_idx", "left", "right", "is_leaf"}) {
    if (array->dtype.field(name) == nullptr) return nodes.refuse("the tree's nodes have no field '" + std::string(name) + "'");
  }
  if (array->dtype.field("num_threshold") == nullptr && array->dtype.field("threshold") == nullptr) return nodes.refuse("the tree's nodes have no field 'num_threshold'");
  PredictorReader reader(nodes);
  reader.nodes_ = array;
  if (const auto bitsets = place.find("raw_left_cat_bitsets")) {
    HEADROOM_TRY(words, bitsets->numbers());
    if (words.size() % 8 != 0) return bitsets->mismatch("rows of eight words");
    reader.bitsets_ = std::move(words);
  }
  return reader;
}

Read<model::CategorySet> PredictorReader::set(double index) const {
  const std::size_t n_sets = bitsets_.size() / 8;
  if (!(index >= 0 && index < static_cast<double>(n_sets))) return place_.refuse("a node's set of categories lies beyond raw_left_cat_bitsets");
  model::CategorySet set;
  for (std::size_t w = 0; w < 8; ++w) set.bits.push_back(static_cast<std::uint32_t>(bitsets_[static_cast<std::size_t>(index) * 8 + w]));
  return set;
}

Read<BoosterTree> PredictorReader::read(const std::vector<model::Input>& inputs, std::uint32_t group) const {
  BoosterTree out;
  out.group = group;
  const std::string_view threshold = nodes_->dtype.field("num_threshold") != nullptr ? "num_threshold" : "threshold";
  const auto child = [](double value) { return value >= 0 && value <= 0x7fffffff ? static_cast<std::int32_t>(value) : -1; };
  for (std::size_t i = 0; i < size(); ++i) {
    const bool is_leaf = number("is_leaf", i) != 0;
    out.left.push_back(is_leaf ? -1 : child(number("left", i)));
    out.right.push_back(is_leaf ? -1 : child(number("right", i)));
    out.missing_left.push_back(number("missing_go_to_left", i) != 0 ? 1 : 0);
    out.threshold.push_back(number(threshold, i));
    out.values.push_back(number("value", i));
    out.set.push_back(-1);
    out.feature.push_back(0);
    if (is_leaf) {
      if (!std::isfinite(out.values.back())) return place_.refuse("a leaf of the tree holds a value that is not finite");
      continue;
    }
    if (out.left.back() < 0) return place_.refuse("tree node " + std::to_string(i) + " has no left child");
    const double feature = number("feature_idx", i);
    if (!(feature >= 0 && feature < static_cast<double>(inputs.size()))) return place_.refuse("tree node " + std::to_string(i) + " asks for a feature that there is not");
    out.feature.back() = static_cast<std::uint32_t>(feature);
    const bool is_categorical = number("is_categorical", i) != 0;
    if (is_categorical != (inputs[out.feature.back()].kind != InputKind::number)) return place_.refuse("tree node " + std::to_string(i) + " splits a column in another way than its kind");
    if (!is_categorical) continue;
    HEADROOM_TRY(found, set(number("bitset_idx", i)));
    out.set.back() = static_cast<std::int32_t>(out.sets.size());
    out.sets.push_back(std::move(found));
  }
  StructureRoom room;
  if (auto fault = structure_fault(out.left, out.right, room); !fault.empty()) return place_.refuse(std::move(fault));
  return out;
}

Read<model::ScoreLink> link_of(const Estimator& boosting, bool is_classifier, std::size_t n_scores) {
  model::ScoreLink link;
  link.sequential_sum = true;   // the scores lie in columns, which numpy adds one after the other
  HEADROOM_TRY(place, boosting.place.need("loss"));
  HEADROOM_TRY(loss, place.text());
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) { return std::ranges::find(names, loss) != names.end(); };
  if (!is_classifier) {
    link.has_decision = false;
    if (is_one_of({"poisson", "gamma"})) link.link = Link::exponential;
    const bool is_known = is_one_of({"poisson", "gamma", "squared_error", "least_squares", "absolute_error", "least_absolute_deviation", "quantile"});
    if (!is_known) return place.refuse("the loss '" + formats::printable(loss, 40) + "' is not known");
    return link;
  }
  if (!is_one_of({"log_loss", "auto", "binary_crossentropy", "categorical_crossentropy"})) return place.refuse("the loss '" + formats::printable(loss, 40) + "' is not known");
  const bool by_score = boosting.version >= Version{1, 5};
  link.answer = n_scores == 1 ? model::Answer::two_classes : model::Answer::classes;
  link.link = n_scores == 1 ? Link::logistic : boosting.version < Version{1, 1} ? Link::log_softmax : Link::softmax;
  link.exp = exp_of(boosting.version);
  link.log = log_of(boosting.version);
  link.choice = !by_score ? Choice::largest_probability : n_scores == 1 ? Choice::above_zero : Choice::largest_score;
  return link;
}

Read<std::vector<double>> baseline(const Estimator& boosting, std::size_t n_scores) {
  HEADROOM_TRY(place, boosting.place.need("_baseline_prediction"));
  std::vector<double> base;
  if (place.value().array() != nullptr) {
    HEADROOM_TRY(numbers, place.numbers());
    base = std::move(numbers);
  } else {
    HEADROOM_TRY(number, text_number(place));
    base = {number};
  }
  if (base.size() == 1) base.resize(n_scores, base[0]);
  if (base.size() != n_scores) return place.refuse("there are " + std::to_string(base.size()) + " baselines for " + std::to_string(n_scores) + " scores");
  return base;
}

Read<std::size_t> features_of(const Estimator& boosting) {
  if (const auto place = boosting.place.find("_n_features"); place && !boosting.place.find("n_features_in_")) return place->count();
  return n_features_of(boosting);
}
}  // namespace

Imported import_hist_boosting(const Estimator& boosting) {
  model::ModelInfo classes;
  const bool is_classifier = boosting.name.ends_with("Classifier");
  if (is_classifier) HEADROOM_TRY_VOID(describe_classes(boosting, classes));
  const std::size_t n_classes = classes.classes.size();
  if (is_classifier && n_classes < 2) return boosting.place.find("classes_")->refuse("a gradient boosting of one class");
  const std::size_t n_scores = n_classes > 2 ? n_classes : 1;
  BoosterSpec spec;
  spec.finite_only = boosting.version < Version{0, 22};   // its first release knew no missing values
  HEADROOM_TRY(n_features, features_of(boosting));
  if (n_features == 0 || n_features > (1U << 24U)) return boosting.place.refuse(std::to_string(n_features) + " features");
  spec.n_features = n_features;
  HEADROOM_TRY(columns, read_columns(boosting, n_features));
  spec.inputs.inputs = std::move(columns.inputs);
  spec.inputs.tables = std::move(columns.tables);
  spec.inputs.finite = std::move(columns.finite);
  HEADROOM_TRY(base, baseline(boosting, n_scores));
  spec.base = std::move(base);
  HEADROOM_TRY(link, link_of(boosting, is_classifier, n_scores));
  spec.link = link;
  const auto inputs = spec.inputs.inputs;
  model::Booster::Builder builder(std::move(spec));
  HEADROOM_TRY(iterations, boosting.place.need("_predictors"));
  HEADROOM_TRY(n_iterations, iterations.size());
  for (std::size_t i = 0; i < n_iterations; ++i) {
    const auto iteration = iterations.item(i);
    HEADROOM_TRY(n_trees, iteration.size());
    if (n_trees != n_scores) return iteration.refuse("there are " + std::to_string(n_trees) + " trees for " + std::to_string(n_scores) + " scores");
    for (std::size_t k = 0; k < n_trees; ++k) {
      HEADROOM_TRY(reader, PredictorReader::open(iteration.item(k)));
      HEADROOM_TRY_VOID(spend(boosting, reader.size() * 28));
      HEADROOM_TRY(tree, reader.read(inputs, static_cast<std::uint32_t>(k)));
      builder.add(tree);
    }
  }
  auto model = builder.build();
  model->edit_info().classes = std::move(classes.classes);
  model->edit_info().classes_dtype = std::move(classes.classes_dtype);
  HEADROOM_TRY_VOID(describe(boosting, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
