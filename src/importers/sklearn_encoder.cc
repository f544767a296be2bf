// OneHotEncoder, OrdinalEncoder, TargetEncoder.
#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/values.h"
#include "model/encoder.h"

namespace headroom::importers {
using model::Categories;
using model::EncodedFeature;
using model::Unknown;

namespace {
/// What is done with unknown values, of the words that an encoder knows.
struct Handling {
  Unknown unknown = Unknown::refuse;
  bool as_infrequent = false;
};

Read<Handling> handling_of(const Estimator& estimator) {
  HEADROOM_TRY(word, text_of(estimator, "handle_unknown"));
  if (word == "error") return Handling{};
  if (word == "ignore" || word == "use_encoded_value") return Handling{Unknown::encode, false};
  if (word == "infrequent_if_exist" || word == "warn") return Handling{Unknown::encode, true};
  return estimator.place.find("handle_unknown")->refuse("'" + formats::printable(word, 40) + "' is not known");
}

/// One Categories for each feature.
Read<std::vector<Categories>> all_categories(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("categories_"));
  HEADROOM_TRY(count, place.size());
  if (count == 0) return place.refuse("categories_ is empty");
  std::vector<Categories> out;
  for (std::size_t j = 0; j < count; ++j) {
    HEADROOM_TRY(list, categories_of(place.item(j)));
    HEADROOM_TRY_VOID(spend(estimator, list.size() * 3 * sizeof(double)));
    out.emplace_back(list);
  }
  return out;
}

/// Where category k goes when rare ones share a place behind the frequent ones. `rare`: none, or the indexes of the rare ones.
/// count: of categories that take part.
struct Grouping {
  std::vector<std::int32_t> place;
  std::int32_t size = 0;
  std::int32_t rare = -1;
};

Read<Grouping> grouping_of(const Estimator& estimator, std::size_t feature, std::size_t count) {
  std::vector<bool> is_rare(count, false);
  HEADROOM_TRY(enabled, flag_of(estimator, "_infrequent_enabled", false));
  bool any = false;
  if (enabled) {
    HEADROOM_TRY(place, estimator.place.need("_infrequent_indices"));
    HEADROOM_TRY(features, place.size());
    if (feature >= features) return place.refuse("it has no entry for feature " + std::to_string(feature));
    const auto own = place.item(feature);
    if (!own.is_none()) {
      HEADROOM_TRY(indexes, indexes_below(own, count));
      for (const auto index : indexes) is_rare[index] = any = true;
    }
  }
  Grouping grouping;
  grouping.place.resize(count);
  for (std::size_t k = 0; k < count; ++k) grouping.place[k] = is_rare[k] ? -1 : grouping.size++;
  if (!any) return grouping;
  grouping.rare = grouping.size++;
  for (auto& place : grouping.place) place = place < 0 ? grouping.rare : place;
  return grouping;
}

/// The category (after grouping) that drop leaves out of a feature's columns, or -1.
Read<std::int32_t> dropped_of(const Estimator& estimator, std::size_t feature, std::int32_t size) {
  auto place = estimator.place.find("_drop_idx_after_grouping");   // since 1.3; before, drop_idx_ was that
  if (!place) place = estimator.place.find("drop_idx_");
  if (!place || place->is_none()) return -1;
  HEADROOM_TRY(values, categories_of(*place));
  if (feature >= values.size()) return place->refuse("it has no entry for feature " + std::to_string(feature));
  const auto* index = std::get_if<double>(&values[feature]);
  if (index == nullptr) return -1;
  if (!(*index >= 0 && *index < size)) return place->refuse("drops a category that feature " + std::to_string(feature) + " does not have");
  return static_cast<std::int32_t>(*index);
}

Read<EncodedFeature> one_hot_feature(const Estimator& estimator, std::size_t j, Categories categories, const Handling& handling) {
  HEADROOM_TRY(grouping, grouping_of(estimator, j, categories.size()));
  HEADROOM_TRY(dropped, dropped_of(estimator, j, grouping.size));
  const auto column = [&](std::int32_t place) { return place == dropped ? -1 : dropped >= 0 && place > dropped ? place - 1 : place; };
  EncodedFeature feature{std::move(categories), 0, true, {}, {}};
  for (const auto place : grouping.place) feature.hot.push_back(column(place));
  feature.hot.push_back(handling.as_infrequent && grouping.rare >= 0 ? column(grouping.rare) : -1);
  feature.width = static_cast<std::size_t>(grouping.size - (dropped >= 0 ? 1 : 0));
  return feature;
}

Imported finish(const Estimator& estimator, std::vector<EncodedFeature> features, Unknown unknown, Version nan_since) {
  if (std::ranges::all_of(features, [](const auto& feature) { return feature.width == 0; })) return estimator.place.refuse("gives no columns");
  const auto missing = estimator.version < nan_since ? model::Encoder::Missing::refuse : model::Encoder::Missing::is_a_category;
  auto model = std::make_shared<model::Encoder>(std::move(features), unknown, missing);
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

/// A number attribute that may be absent or None.
Read<double> number_or(const Estimator& estimator, std::string_view name, double otherwise) {
  const auto place = estimator.place.find(name);
  if (!place || place->is_none()) return otherwise;
  return real_of(*place);
}
}  // namespace

Imported import_one_hot(const Estimator& estimator) {
  if (const auto legacy = estimator.place.find("_legacy_mode"); legacy && legacy->value().is(formats::Kind::boolean) && legacy->value().boolean()) {
    return legacy->refuse("the encoding by n_values of releases before 0.22 is not served; fit again with categories='auto'");
  }
  HEADROOM_TRY(categories, all_categories(estimator));
  HEADROOM_TRY(handling, handling_of(estimator));
  std::vector<EncodedFeature> features;
  for (std::size_t j = 0; j < categories.size(); ++j) {
    HEADROOM_TRY(feature, one_hot_feature(estimator, j, std::move(categories[j]), handling));
    features.push_back(std::move(feature));
  }
  return finish(estimator, std::move(features), handling.unknown, Version{0, 24});
}

Imported import_ordinal(const Estimator& estimator) {
  HEADROOM_TRY(categories, all_categories(estimator));
  Handling handling;
  if (estimator.place.find("handle_unknown")) {   // since 0.24
    HEADROOM_TRY(found, handling_of(estimator));
    handling = found;
  }
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  HEADROOM_TRY(unknown_value, number_or(estimator, "unknown_value", kNan));
  HEADROOM_TRY(missing_value, number_or(estimator, "encoded_missing_value", kNan));
  std::vector<EncodedFeature> features;
  for (std::size_t j = 0; j < categories.size(); ++j) {
    const auto nan = categories[j].nan();
    // A missing value is the last category and takes no part in the numbering.
    const std::size_t numbered = categories[j].size() - (nan >= 0 && static_cast<std::size_t>(nan) + 1 == categories[j].size() ? 1 : 0);
    HEADROOM_TRY(grouping, grouping_of(estimator, j, numbered));
    EncodedFeature feature{std::move(categories[j]), 1, false, {}, {}};
    for (const auto place : grouping.place) feature.values.push_back(place);
    if (numbered < feature.categories.size()) feature.values.push_back(missing_value);
    feature.values.push_back(unknown_value);
    features.push_back(std::move(feature));
  }
  return finish(estimator, std::move(features), handling.unknown, Version{1, 0});
}

Imported import_target_encoder(const Estimator& estimator) {
  HEADROOM_TRY(categories, all_categories(estimator));
  HEADROOM_TRY(type, text_of(estimator, "target_type_"));
  std::size_t n_targets = 1;
  HEADROOM_TRY(mean_place, estimator.place.need("target_mean_"));
  std::vector<double> means;
  if (type == "multiclass") {
    HEADROOM_TRY(values, mean_place.numbers());
    means = std::move(values);
    n_targets = means.size();
    if (n_targets == 0) return mean_place.refuse("target_mean_ is empty");
  } else {
    HEADROOM_TRY(value, real_of(mean_place));
    means = {value};
  }
  HEADROOM_TRY(encodings, estimator.place.need("encodings_"));
  HEADROOM_TRY(n_encodings, encodings.size());
  if (n_encodings != categories.size() * n_targets) return encodings.refuse(std::to_string(n_encodings) + " encodings for " + std::to_string(categories.size()) + " features");
  std::vector<EncodedFeature> features;
  for (std::size_t j = 0; j < categories.size(); ++j) {
    const std::size_t count = categories[j].size();
    HEADROOM_TRY_VOID(spend(estimator, (count + 1) * n_targets * sizeof(double)));
    EncodedFeature feature{std::move(categories[j]), n_targets, false, {}, std::vector<double>((count + 1) * n_targets)};
    for (std::size_t t = 0; t < n_targets; ++t) {
      HEADROOM_TRY(values, encodings.item(j * n_targets + t).numbers({count}));
      for (std::size_t k = 0; k < count; ++k) feature.values[k * n_targets + t] = values[k];
      feature.values[count * n_targets + t] = means[t];
    }
    features.push_back(std::move(feature));
  }
  return finish(estimator, std::move(features), Unknown::encode, Version{0, 0});
}
}  // namespace headroom::importers
