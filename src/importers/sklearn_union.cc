// FeatureUnion and ColumnTransformer.
#include <algorithm>
#include <numeric>

#include "formats/error.h"
#include "importers/columns.h"
#include "model/union.h"

namespace headroom::importers {
using formats::Kind;
using model::UnionPart;

namespace {
bool is_word(const Place& place, std::string_view word) { return place.value().is(Kind::text) && place.value().text() == word; }

/// transformer_weights: None, or a dict by name.
Read<std::optional<double>> weight_of(const Estimator& estimator, const std::string& name) {
  const auto weights = estimator.place.find("transformer_weights");
  if (!weights || weights->is_none()) return std::optional<double>();
  const auto* weight = weights->value().find(name);
  if (weight == nullptr) return std::optional<double>();
  HEADROOM_TRY(value, real_of(Place(*weight, weights->path() + "['" + formats::printable(name, 40) + "']")));
  return std::optional<double>(value);
}

/// Imports what transforms `width` columns (0: not known before it is imported).
Imported import_part(const Place& place, const Estimator& parent, std::size_t width) {
  HEADROOM_TRY(estimator, as_estimator(place, parent));
  estimator.width_hint = width;
  HEADROOM_TRY(model, import_estimator(estimator));
  if (std::ranges::find(model->info().methods, model::Method::transform) == model->info().methods.end()) return place.refuse("the estimator " + model->info().estimator + " does not transform");
  if (width != 0 && model->info().n_features != width) {
    return place.refuse("it takes " + std::to_string(model->info().n_features) + " features and gets " + std::to_string(width) + " columns");
  }
  return std::move(model);
}

/// The union's entry in inspect's tree.
void add_line(model::Part& tree, const std::string& name, const UnionPart& part) {
  model::Part line = part.model == nullptr ? model::Part{{}, "passthrough", {}, {}} : part.model->info().tree;
  line.name = formats::printable(name);
  tree.parts.push_back(std::move(line));
}

/// Names that a ColumnTransformer was fitted with: feature_names_in_ since 1.0, _feature_names_in or _df_columns before.
Read<std::vector<std::string>> names_of(const Estimator& estimator) {
  for (const auto* name : {"feature_names_in_", "_feature_names_in"}) {
    const auto place = estimator.place.find(name);
    if (place && !place->is_none()) return place->names();
  }
  const auto index = estimator.place.find("_df_columns");
  if (!index || index->is_none()) return std::vector<std::string>();
  const auto args = index->value().args().items();   // _new_Index(Index, {'data': …, 'name': None})
  const auto* data = args.size() == 2 ? args[1].find("data") : nullptr;
  if (data == nullptr) return std::vector<std::string>();
  return Place(*data, index->path() + ".data").names();
}

/// One (name, transformer, columns) of transformers_ about to be read.
struct Entry {
  std::string name;
  Place transformer;
  Place columns;
};

class ColumnTransformerReader {
 public:
  explicit ColumnTransformerReader(const Estimator& estimator) : estimator_(estimator) {}

  Imported read() {
    const auto older = estimator_.place.find("_n_features");   // before 0.24
    HEADROOM_TRY(n_features, older && !estimator_.place.find("n_features_in_") ? older->count() : width_of(estimator_));
    n_features_ = n_features;
    HEADROOM_TRY(names, names_of(estimator_));
    names_ = std::move(names);
    HEADROOM_TRY(entries, estimator_.place.need("transformers_"));
    HEADROOM_TRY(count, entries.size());
    for (std::size_t i = 0; i < count; ++i) HEADROOM_TRY_VOID(add(entries.item(i)));
    if (parts_.empty()) return entries.refuse("all columns are dropped");
    HEADROOM_TRY_VOID(spend(estimator_, n_features_ * sizeof(model::FeatureKind)));
    auto model = std::make_shared<model::Union>(n_features_, std::move(parts_));
    HEADROOM_TRY_VOID(describe(estimator_, model->edit_info()));
    if (model->info().features.empty() && names_.size() == n_features_) model->edit_info().features = names_;
    model->edit_info().tree.parts = std::move(tree_.parts);
    return model::CompiledPtr(std::move(model));
  }

 private:
  Read<bool> add(const Place& place) {
    if (!place.value().is(Kind::tuple) || place.value().items().size() != 3) return place.mismatch("a triple (name, transformer, columns)");
    HEADROOM_TRY(name, place.item(0).text());
    const Entry entry{name, place.item(1), place.item(2)};
    if (is_word(entry.transformer, "drop")) return true;
    UnionPart part;
    HEADROOM_TRY(columns, columns_of(entry));
    if (columns.empty()) return true;
    HEADROOM_TRY_VOID(spend(estimator_, columns.size() * sizeof(columns[0])));
    if (!is_word(entry.transformer, "passthrough")) {
      HEADROOM_TRY(model, import_part(entry.transformer, estimator_, columns.size()));
      part.model = std::move(model);
    }
    part.columns = std::move(columns);
    HEADROOM_TRY(weight, weight_of(estimator_, entry.name));
    part.weight = weight;
    add_line(tree_, entry.name, part);
    parts_.push_back(std::move(part));
    return true;
  }

  /// Since 1.0 the positions are stored; before, they follow from what the user named.
  Read<std::vector<std::uint32_t>> columns_of(const Entry& entry) const {
    const auto stored = estimator_.place.find("_transformer_to_input_indices");
    const auto* indexes = stored ? stored->value().find(entry.name) : nullptr;
    if (indexes != nullptr) return columns_named(Place(*indexes, stored->path() + "['" + formats::printable(entry.name, 40) + "']"), n_features_, names_);
    return columns_named(entry.columns, n_features_, names_);
  }

  const Estimator& estimator_;
  std::size_t n_features_ = 0;
  std::vector<std::string> names_;
  std::vector<UnionPart> parts_;
  model::Part tree_;
};
}  // namespace

Imported import_column_transformer(const Estimator& estimator) { return ColumnTransformerReader(estimator).read(); }

Imported import_feature_union(const Estimator& estimator) {
  HEADROOM_TRY(entries, estimator.place.need("transformer_list"));
  HEADROOM_TRY(count, entries.size());
  std::vector<UnionPart> parts;
  std::vector<std::string> names;
  std::size_t width = estimator.width_hint;
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = entries.item(i);
    if (!entry.value().is(Kind::tuple) || entry.value().items().size() != 2) return entry.mismatch("a pair (name, transformer)");
    HEADROOM_TRY(name, entry.item(0).text());
    const auto transformer = entry.item(1);
    if (transformer.is_none() || is_word(transformer, "drop")) continue;
    UnionPart part;
    if (!is_word(transformer, "passthrough")) {
      HEADROOM_TRY(model, import_part(transformer, estimator, width));
      part.model = std::move(model);
      width = part.model->info().n_features;
    }
    HEADROOM_TRY(weight, weight_of(estimator, name));
    part.weight = weight;
    parts.push_back(std::move(part));
    names.push_back(std::move(name));
  }
  if (parts.empty() || width == 0) return entries.refuse("no transformer says how many columns there are");
  model::Part tree;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].columns.resize(width);
    std::iota(parts[i].columns.begin(), parts[i].columns.end(), 0U);
    add_line(tree, names[i], parts[i]);
  }
  auto model = std::make_shared<model::Union>(width, std::move(parts));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  model->edit_info().tree.parts = std::move(tree.parts);
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
